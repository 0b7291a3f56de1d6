// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.index;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Memory of an index, in pages of one size so that a page that one part of the index gives back
 * serves any other. Direct memory up to a limit (or as far as the JVM grants it), then a temporary
 * file mapped into memory, which the operating system may page out: slower, never out of memory.
 *
 * <p>Pages are handed out under a lock; a page is then its owner's.
 */
final class Slabs {
  private static final Logger LOG = LoggerFactory.getLogger(Slabs.class);
  private static final int PAGES_PER_SLAB_BITS = 10;
  private static final int PAGES_PER_SLAB = 1 << PAGES_PER_SLAB_BITS;
  private static final int[] NONE = {};

  private final int pageBytes;
  private final byte[] zeros;
  private final long directLimit;
  private final Path spillDirectory;
  private ByteBuffer[] slabs = {};
  private volatile int slabCount;
  private int nextPage;
  private int[] freed = NONE;
  private int freedCount;
  private Optional<FileChannel> spill = Optional.empty();
  private long spillBytes;

  /**
   * @param directLimit bytes of direct memory after which the temporary file is used
   * @param spillDirectory where the temporary file is made when it is needed
   */
  Slabs(int pageBytes, long directLimit, Path spillDirectory) {
    this.pageBytes = pageBytes;
    this.zeros = new byte[pageBytes];
    this.directLimit = directLimit;
    this.spillDirectory = spillDirectory;
  }

  /** Number of a page full of zeros. */
  synchronized int allocate() {
    if (freedCount > 0) {
      int page = freed[--freedCount];
      buffer(page).put(offset(page), zeros);
      return page;
    }
    if (nextPage == slabCount << PAGES_PER_SLAB_BITS) {
      addSlab();
    }
    return nextPage++;
  }

  /** Takes back the first {@code count} of {@code pages}. */
  synchronized void free(int[] pages, int count) {
    if (freedCount + count > freed.length) {
      freed = Arrays.copyOf(freed, Math.max(2 * freed.length, freedCount + count));
    }
    System.arraycopy(pages, 0, freed, freedCount, count);
    freedCount += count;
  }

  /** Memory that holds the page. */
  ByteBuffer buffer(int page) {
    return slabs[page >>> PAGES_PER_SLAB_BITS];
  }

  /** Where in its {@link #buffer} the page begins. */
  int offset(int page) {
    return (page & PAGES_PER_SLAB - 1) * pageBytes;
  }

  /** Bytes taken from the system, pages given back included. */
  long bytes() {
    return (long) slabCount * slabBytes();
  }

  /** Lets go of all memory; the JVM gives direct and mapped memory back when it next collects. */
  synchronized void close() {
    slabs = new ByteBuffer[0];
    slabCount = 0;
    nextPage = 0;
    freed = NONE;
    freedCount = 0;
    spillBytes = 0;
    spill.ifPresent(
        channel -> {
          try {
            channel.close();
          } catch (IOException unused) {
            LOG.warn(
                "Cannot close the temporary file of a key index in {}", spillDirectory, unused);
          }
        });
    spill = Optional.empty();
  }

  private void addSlab() {
    ByteBuffer slab = newSlab().order(ByteOrder.nativeOrder());
    if (slabCount == slabs.length) {
      slabs = Arrays.copyOf(slabs, Math.max(16, 2 * slabCount));
    }
    slabs[slabCount] = slab;
    slabCount++;
  }

  private ByteBuffer newSlab() {
    if (spill.isEmpty() && bytes() + slabBytes() <= directLimit) {
      try {
        return ByteBuffer.allocateDirect(slabBytes());
      } catch (OutOfMemoryError noDirectMemory) {
        LOG.warn(
            "The JVM grants a key index no more than {} bytes of direct memory; it goes on in a"
                + " temporary file in {}. Raise -XX:MaxDirectMemorySize for full speed.",
            bytes(),
            spillDirectory);
      }
    }
    try {
      return mapped();
    } catch (IOException failure) {
      throw new UncheckedIOException(
          "Cannot extend the temporary file of a key index in "
              + spillDirectory
              + ". Free space there, name another directory, or give the index more memory.",
          failure);
    }
  }

  private ByteBuffer mapped() throws IOException {
    if (spill.isEmpty()) {
      Files.createDirectories(spillDirectory);
      Path file = Files.createTempFile(spillDirectory, "key-index-", ".tmp");
      spill =
          Optional.of(
              FileChannel.open(
                  file,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE,
                  StandardOpenOption.DELETE_ON_CLOSE));
    }
    ByteBuffer slab = spill.get().map(FileChannel.MapMode.READ_WRITE, spillBytes, slabBytes());
    spillBytes += slabBytes();
    return slab;
  }

  private int slabBytes() {
    return PAGES_PER_SLAB * pageBytes;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.index;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Memory of an index, in pages of one size so that a page that one part of the index gives back
 * serves any other. Direct memory within the worker's budget (and as far as the JVM grants it),
 * then {@link Spill}: slower, never out of memory. Taken from the system in slabs, the first of
 * which are small.
 *
 * <p>Pages are handed out under a lock; a page is then its owner's.
 */
final class Slabs {
  private static final Logger LOG = LoggerFactory.getLogger(Slabs.class);
  private static final int PAGES_PER_SLAB_BITS = 11;
  private static final int PAGES_PER_SLAB = 1 << PAGES_PER_SLAB_BITS;
  private static final int PAGES_PER_SMALL_SLAB_BITS = 5;
  private static final int PAGES_PER_SMALL_SLAB = 1 << PAGES_PER_SMALL_SLAB_BITS;

  /** Small slabs hold as many pages as one that is not. */
  private static final int SMALL_SLABS = PAGES_PER_SLAB / PAGES_PER_SMALL_SLAB;

  private static final int[] NONE = {};

  private final int pageBytes;
  private final byte[] zeros;
  private final IndexMemory memory;
  private final Spill spill;
  private ByteBuffer[] slabs = {};
  private int slabCount;
  private int nextPage;
  private int endOfPages;
  private int[] freed = NONE;
  private int freedCount;
  private boolean denied;
  private volatile long directBytes;
  private volatile long spilledBytes;

  Slabs(int pageBytes, IndexMemory memory) {
    this.pageBytes = pageBytes;
    this.zeros = new byte[pageBytes];
    this.memory = memory;
    this.spill = new Spill(memory.spillDirectory());
  }

  /** Number of a page full of zeros. */
  synchronized int allocate() {
    if (freedCount > 0) {
      int page = freed[--freedCount];
      buffer(page).put(offset(page), zeros);
      return page;
    }
    if (nextPage == endOfPages) {
      addSlab(slabCount < SMALL_SLABS ? PAGES_PER_SMALL_SLAB : PAGES_PER_SLAB);
    }
    return nextPage++;
  }

  /** The same for many: fills {@code pages} from {@code from} to before {@code to}. */
  synchronized void allocate(int[] pages, int from, int to) {
    for (int i = from; i < to; i++) {
      pages[i] = allocate();
    }
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
    return slabs[
        page < PAGES_PER_SLAB
            ? page >>> PAGES_PER_SMALL_SLAB_BITS
            : SMALL_SLABS - 1 + (page >>> PAGES_PER_SLAB_BITS)];
  }

  /** Where in its {@link #buffer} the page begins. */
  int offset(int page) {
    int mask = page < PAGES_PER_SLAB ? PAGES_PER_SMALL_SLAB - 1 : PAGES_PER_SLAB - 1;
    return (page & mask) * pageBytes;
  }

  /** Memory taken from the system, pages given back included; for any thread. */
  IndexSize size() {
    long spilled = spilledBytes;
    return new IndexSize(directBytes + spilled, spilled);
  }

  /** Lets go of all memory; the JVM gives direct and mapped memory back when it next collects. */
  synchronized void close() {
    slabs = new ByteBuffer[0];
    slabCount = 0;
    nextPage = 0;
    endOfPages = 0;
    freed = NONE;
    freedCount = 0;
    spill.close();
    spilledBytes = 0;
    memory.budget().giveBack(directBytes);
    directBytes = 0;
  }

  private void addSlab(int pages) {
    ByteBuffer slab = newSlab(pages * pageBytes).order(ByteOrder.nativeOrder());
    if (slabCount == slabs.length) {
      ByteBuffer[] more = Arrays.copyOf(slabs, Math.max(4, 2 * slabCount));
      // Threads that fill other pages read the array without a lock: it must not come before its
      // elements.
      VarHandle.storeStoreFence();
      slabs = more;
    }
    slabs[slabCount] = slab;
    slabCount++;
    endOfPages += pages;
  }

  private ByteBuffer newSlab(int bytes) {
    if (!denied && memory.budget().take(bytes, memory.limit())) {
      try {
        ByteBuffer slab = ByteBuffer.allocateDirect(bytes);
        directBytes += bytes;
        return slab;
      } catch (OutOfMemoryError noDirectMemory) {
        memory.budget().giveBack(bytes);
        // Each attempt costs a full collection.
        denied = true;
        LOG.warn(
            "The JVM grants a key index no direct memory beyond {} bytes, which is less than"
                + " delta.index.memory.bytes; it goes on in files in {}. Raise"
                + " -XX:MaxDirectMemorySize for full speed.",
            directBytes,
            memory.spillDirectory());
      }
    }
    ByteBuffer slab = spill.allocate(bytes);
    spilledBytes = spill.bytes();
    return slab;
  }
}

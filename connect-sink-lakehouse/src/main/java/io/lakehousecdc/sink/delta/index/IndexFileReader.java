// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.index;

import static java.util.stream.IntStream.range;

import io.lakehousecdc.sink.delta.storage.Parallel;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * The reader of an index that {@link IndexFileWriter} wrote. Takes nothing for granted: a file that
 * is not whole is an {@link IOException}.
 */
public final class IndexFileReader implements Closeable {
  /** Below, the parts are read before threads have begun to. */
  private static final long FEW_BYTES = 4 << 20;

  private final FileChannel file;
  private final DataInputStream description;
  private final boolean wide;
  private final Part[] parts;
  private final byte[] numbers;

  private record Part(int homes, int size, int length, int sum) {}

  private IndexFileReader(FileChannel file) throws IOException {
    this.file = file;
    DataInputStream tail = tail();
    if (tail.readBoolean() != (ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN)) {
      throw new IOException("it was written on a machine of another order of bytes");
    }
    this.wide = tail.readBoolean();
    this.parts = new Part[tail.readInt()];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = new Part(tail.readInt(), tail.readInt(), tail.readInt(), tail.readInt());
    }
    this.numbers = tail.readNBytes(tail.readInt());
    this.description = tail;
  }

  /** Opens a file and reads what describes its index. */
  public static IndexFileReader open(Path path) throws IOException {
    FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
    boolean opened = false;
    try {
      IndexFileReader reader = new IndexFileReader(file);
      opened = true;
      return reader;
    } finally {
      if (!opened) {
        file.close();
      }
    }
  }

  private DataInputStream tail() throws IOException {
    long end = file.size() - IndexFileWriter.FOOTER;
    if (end < Long.BYTES || read(0, Long.BYTES).getLong() != IndexFileWriter.MAGIC) {
      throw new IOException("it is no key index of this version of the sink");
    }
    ByteBuffer footer = read(end, IndexFileWriter.FOOTER);
    long place = footer.getLong();
    int length = footer.getInt();
    int sum = footer.getInt();
    if (footer.getLong() != IndexFileWriter.MAGIC
        || length < 0
        || place < Long.BYTES
        || place + length != end) {
      throw new IOException("it is truncated");
    }
    byte[] tail = read(place, length).array();
    CRC32C actual = new CRC32C();
    actual.update(tail);
    if ((int) actual.getValue() != sum) {
      throw new IOException("its description has a wrong checksum");
    }
    return new DataInputStream(new ByteArrayInputStream(tail));
  }

  /** In small pieces: the JDK takes as much direct memory as is read at once. */
  private ByteBuffer read(long position, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    int piece = 64 << 10;
    while (bytes.position() < length) {
      bytes.limit(Math.min(length, bytes.position() + piece));
      if (file.read(bytes, position + bytes.position()) < 0) {
        throw new EOFException("it is truncated");
      }
    }
    return bytes.flip();
  }

  /** What the user of the index wrote; to be read once. */
  public DataInput description() {
    return description;
  }

  /**
   * Reads the index.
   *
   * @param memory where it may lie
   * @throws io.lakehousecdc.sink.error.RetriableException there is no room for it
   */
  public KeyIndex index(IndexMemory memory) throws IOException {
    KeyIndex index = new KeyIndex(wide, memory);
    boolean complete = false;
    try {
      index.begin(parts.length, new DataInputStream(new ByteArrayInputStream(numbers)));
      long[] places = places();
      Parallel.map(
          range(0, parts.length).boxed().toList(),
          places[parts.length] < FEW_BYTES ? 1 : Runtime.getRuntime().availableProcessors(),
          i -> {
            read(i, places[i], index.part(i));
            return null;
          });
      complete = true;
      return index;
    } finally {
      if (!complete) {
        index.close();
      }
    }
  }

  private void read(int number, long place, Segment into) throws IOException {
    Part part = parts[number];
    CRC32C sum = new CRC32C();
    into.read(file, place, part.homes, part.size, part.length, sum);
    if ((int) sum.getValue() != part.sum) {
      throw new IOException("part " + number + " has a wrong checksum");
    }
  }

  /** Where each part begins, and the end of the last. */
  private long[] places() {
    long[] places = new long[parts.length + 1];
    places[0] = Long.BYTES;
    for (int i = 0; i < parts.length; i++) {
      places[i + 1] = places[i] + parts[i].length;
    }
    return places;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

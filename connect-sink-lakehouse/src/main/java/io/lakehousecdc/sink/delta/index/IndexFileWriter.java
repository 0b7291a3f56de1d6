// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.index;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/**
 * The writer of an index into a file. The file, big endian but for the parts:
 *
 * <ol>
 *   <li>the magic number;
 *   <li>the parts, page by page as they lie in memory;
 *   <li>the tail: the order of bytes, size and CRC-32C of each part, the numbers of files, and a
 *       description by the user of the index;
 *   <li>place, length and CRC-32C of the tail, and the magic number once more.
 * </ol>
 *
 * <p>Not forced to the disk: a file that lost bytes in a power failure has a wrong sum.
 */
public final class IndexFileWriter implements Closeable {
  static final long MAGIC = 0x4c48_4344_434b_0001L;
  static final int FOOTER = 2 * Long.BYTES + 2 * Integer.BYTES;

  private static final int PIECE = 256 << 10;

  private final FileOutputStream file;
  private final ByteArrayOutputStream parts = new ByteArrayOutputStream();
  private final DataOutputStream partsOut = new DataOutputStream(parts);
  private int count;
  private long position = Long.BYTES;

  /**
   * @param path is overwritten
   */
  public IndexFileWriter(Path path) throws IOException {
    this.file = new FileOutputStream(path.toFile());
    new DataOutputStream(file).writeLong(MAGIC);
  }

  /** Writes the next part. */
  public void add(PartCopy part) throws IOException {
    CRC32C sum = new CRC32C();
    sum.update(part.bytes, 0, part.length);
    for (int at = 0; at < part.length; at += PIECE) {
      file.write(part.bytes, at, Math.min(PIECE, part.length - at));
    }
    partsOut.writeInt(part.homes);
    partsOut.writeInt(part.size);
    partsOut.writeInt(part.length);
    partsOut.writeInt((int) sum.getValue());
    position += part.length;
    count++;
  }

  /** What the user of an index keeps with it. */
  @FunctionalInterface
  public interface Description {
    void write(DataOutput out) throws IOException;
  }

  /**
   * Writes the rest, after all parts.
   *
   * @param wide whether keys have 128 bits
   * @param numbers of files, as {@link KeyIndex#numbers} describes them, not before the last part
   *     was copied
   * @param description is handed back by {@link IndexFileReader}
   */
  public void finish(boolean wide, byte[] numbers, Description description) throws IOException {
    CheckedOutputStream summed =
        new CheckedOutputStream(new BufferedOutputStream(file, PIECE), new CRC32C());
    DataOutputStream tail = new DataOutputStream(summed);
    tail.writeBoolean(ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN);
    tail.writeBoolean(wide);
    tail.writeInt(count);
    parts.writeTo(tail);
    tail.writeInt(numbers.length);
    tail.write(numbers);
    description.write(tail);
    int length = tail.size();
    if (length == Integer.MAX_VALUE) {
      throw new IOException("what describes the index is larger than 2 GB");
    }
    int sum = (int) summed.getChecksum().getValue();
    tail.writeLong(position);
    tail.writeInt(length);
    tail.writeInt(sum);
    tail.writeLong(MAGIC);
    tail.flush();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

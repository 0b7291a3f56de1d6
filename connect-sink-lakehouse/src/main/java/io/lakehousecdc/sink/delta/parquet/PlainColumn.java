// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import io.delta.kernel.types.DataType;
import io.delta.kernel.types.StringType;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.apache.parquet.bytes.ByteBufferAllocator;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.column.statistics.SizeStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;
import org.apache.parquet.schema.PrimitiveType;

/**
 * A column of a row group, neither nested nor repeated, whose values are written one after the
 * other: encoding {@code PLAIN} in pages of version 1. parquet-java's own writer asks six objects
 * for each value; here a value is a store to an array, and statistics of most types are two numbers
 * until the page ends. That takes less than half of the time.
 *
 * <p>Not for use by several threads. After a failure nothing else can be done with it.
 *
 * @see <a href="https://parquet.apache.org/docs/file-format/data-pages/encodings/">Parquet:
 *     Encodings</a>
 */
abstract class PlainColumn {
  /** Size of a page before compression, as other writers choose it. */
  private static final int PAGE_BYTES = 1 << 20;

  /** Rows of a page: a reader that looks for a row need not decode more than so many. */
  private static final int PAGE_ROWS = 20_000;

  /** A buffer that a large value has made longer is not kept. */
  private static final int KEPT_BYTES = 2 * PAGE_BYTES;

  private static final int FIRST_BYTES = 1 << 10;
  private static final int MOST_BYTES = Integer.MAX_VALUE - Long.BYTES;
  private static final int LEVEL_BITS = 1;

  private final ColumnDescriptor column;
  private final PageWriter pages;
  private final ByteBufferAllocator allocator;
  private final BitSet nulls = new BitSet();
  private int rows;

  /** Values of the page, of which the first {@link #size} bytes are filled. */
  byte[] buffer = new byte[FIRST_BYTES];

  int size;

  PlainColumn(ColumnDescriptor column, PageWriter pages, ByteBufferAllocator allocator) {
    this.column = column;
    this.pages = pages;
    this.allocator = allocator;
  }

  /**
   * A column.
   *
   * @param type of its values, which are of the classes that {@link DeltaColumn} names
   * @param pages take its pages
   */
  static PlainColumn of(
      DataType type, ColumnDescriptor column, PageWriter pages, ByteBufferAllocator allocator) {
    PrimitiveType stored = column.getPrimitiveType();
    return switch (stored.getPrimitiveTypeName()) {
      case INT32 -> new PlainIntegers.Narrow(IntegerForm.of(type), column, pages, allocator);
      case INT64 -> new PlainIntegers.Wide(IntegerForm.of(type), column, pages, allocator);
      case FLOAT -> new PlainFloats.Narrow(column, pages, allocator);
      case DOUBLE -> new PlainFloats.Wide(column, pages, allocator);
      case BOOLEAN -> new PlainBooleans(column, pages, allocator);
      case BINARY ->
          type instanceof StringType
              ? new PlainBytes.OfText(ByteForm.of(type, stored), column, pages, allocator)
              : new PlainBytes.OfAnyLength(ByteForm.of(type, stored), column, pages, allocator);
      default -> new PlainBytes.OfOneLength(ByteForm.of(type, stored), column, pages, allocator);
    };
  }

  /**
   * Adds the value of the next row.
   *
   * @param value null for NULL, of a column that allows it
   * @throws ClassCastException the value is not of the type's class
   * @throws ArithmeticException the value does not fit the type
   */
  final void add(Object value) throws IOException {
    if (value == null) {
      nulls.set(rows);
    } else {
      put(value);
    }
    rows++;
    if (size >= PAGE_BYTES || rows >= PAGE_ROWS) {
      endPage();
    }
  }

  /** Appends a value that is not null. */
  abstract void put(Object value);

  /** Adds the least and the greatest value of the page, and forgets them. */
  abstract void describe(Statistics<?> statistics);

  /** Bytes of values proper, where each has a length before it; else 0. */
  long unencodedBytes() {
    return 0;
  }

  /** Bytes held in memory: those of the page, and those of earlier ones, which are compressed. */
  final long bytes() {
    return size + pages.getMemSize();
  }

  /** Ends the last page. */
  final void flush() throws IOException {
    if (rows > 0) {
      endPage();
    }
  }

  private void endPage() throws IOException {
    int nullCount = nulls.cardinality();
    Statistics<?> statistics = Statistics.createStats(column.getPrimitiveType());
    statistics.incrementNumNulls(nullCount);
    if (nullCount < rows) {
      describe(statistics);
    }
    BytesInput values = BytesInput.from(buffer, 0, size);
    if (column.getMaxDefinitionLevel() == 0) {
      write(values, statistics, Encoding.BIT_PACKED);
    } else if (nullCount == 0) {
      BytesInput levels =
          BytesInput.concat(
              BytesInput.fromUnsignedVarInt(rows << 1), BytesInput.from(new byte[] {1}));
      write(withLevels(levels, values), statistics, Encoding.RLE);
    } else {
      try (var levels = levels()) {
        write(withLevels(levels.toBytes(), values), statistics, Encoding.RLE);
      }
    }
    nulls.clear();
    rows = 0;
    size = 0;
    if (buffer.length > KEPT_BYTES) {
      buffer = new byte[FIRST_BYTES];
    }
  }

  private static BytesInput withLevels(BytesInput levels, BytesInput values) {
    return BytesInput.concat(BytesInput.fromInt((int) levels.size()), levels, values);
  }

  private void write(BytesInput page, Statistics<?> statistics, Encoding levels)
      throws IOException {
    pages.writePage(
        page,
        rows,
        rows,
        statistics,
        new SizeStatistics(column.getPrimitiveType(), unencodedBytes(), List.of(), List.of()),
        null,
        Encoding.BIT_PACKED,
        levels,
        Encoding.PLAIN);
  }

  /** Which rows have a value. Where all have one, it is one run, which is told without it. */
  private RunLengthBitPackingHybridEncoder levels() throws IOException {
    var levels =
        new RunLengthBitPackingHybridEncoder(
            LEVEL_BITS, FIRST_BYTES, rows / Byte.SIZE + FIRST_BYTES, allocator);
    for (int row = 0; row < rows; row++) {
      levels.writeInt(nulls.get(row) ? 0 : 1);
    }
    return levels;
  }

  /**
   * Makes room for more bytes of values.
   *
   * @throws ArithmeticException there are more than a page can hold
   */
  final void reserve(int more) {
    int needed = Math.addExact(size, more);
    if (needed > buffer.length) {
      // Not doubled to the end: a row group may have many columns.
      int step = Math.min(buffer.length, PAGE_BYTES / 4);
      int longer = (int) Math.min((long) buffer.length + step, MOST_BYTES);
      buffer = Arrays.copyOf(buffer, Math.max(needed, longer));
    }
  }
}

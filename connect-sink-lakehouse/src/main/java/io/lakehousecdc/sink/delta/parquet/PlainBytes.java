// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.parquet.bytes.ByteBufferAllocator;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.io.api.Binary;

/** A column of byte sequences. Not for several threads. */
abstract class PlainBytes extends PlainColumn {
  private final ByteForm form;

  PlainBytes(
      ByteForm form, ColumnDescriptor column, PageWriter pages, ByteBufferAllocator allocator) {
    super(column, pages, allocator);
    this.form = form;
  }

  @Override
  void put(Object value) {
    store(form.of(value));
  }

  abstract void store(byte[] bytes);

  final void append(byte[] bytes) {
    reserve(bytes.length);
    System.arraycopy(bytes, 0, buffer, size, bytes.length);
    size += bytes.length;
  }

  /** Texts and binaries: each after its length, and ordered byte by byte, without sign. */
  static class OfAnyLength extends PlainBytes {
    private static final VarHandle INT =
        MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] least;
    private byte[] greatest;
    private long unencoded;

    OfAnyLength(
        ByteForm form, ColumnDescriptor column, PageWriter pages, ByteBufferAllocator allocator) {
      super(form, column, pages, allocator);
    }

    @Override
    final void store(byte[] bytes) {
      reserve(Integer.BYTES);
      size += Integer.BYTES;
      append(bytes);
      finish(bytes.length);
    }

    /**
     * Writes the length before the last value, and takes note of it.
     *
     * @param length of the value, which ends the buffer, after room for the length
     */
    final void finish(int length) {
      int from = size - length;
      INT.set(buffer, from - Integer.BYTES, length);
      unencoded += length;
      if (least == null) {
        least = Arrays.copyOfRange(buffer, from, size);
        greatest = least;
      } else if (compareLast(from, least) < 0) {
        least = Arrays.copyOfRange(buffer, from, size);
      } else if (compareLast(from, greatest) > 0) {
        greatest = Arrays.copyOfRange(buffer, from, size);
      }
    }

    private int compareLast(int from, byte[] other) {
      return Arrays.compareUnsigned(buffer, from, size, other, 0, other.length);
    }

    @Override
    long unencodedBytes() {
      long bytes = unencoded;
      unencoded = 0;
      return bytes;
    }

    @Override
    void describe(Statistics<?> statistics) {
      statistics.updateStats(Binary.fromConstantByteArray(least));
      statistics.updateStats(Binary.fromConstantByteArray(greatest));
      least = null;
      greatest = null;
    }
  }

  /** Texts in UTF-8. Those of ASCII characters alone, as most are, take no array of their own. */
  static final class OfText extends OfAnyLength {
    OfText(
        ByteForm form, ColumnDescriptor column, PageWriter pages, ByteBufferAllocator allocator) {
      super(form, column, pages, allocator);
    }

    @Override
    void put(Object value) {
      String text = (String) value;
      int length = text.length();
      reserve(Math.addExact(Integer.BYTES, length));
      int at = size + Integer.BYTES;
      for (int i = 0; i < length; i++) {
        char each = text.charAt(i);
        if (each > Byte.MAX_VALUE) {
          super.put(value);
          return;
        }
        buffer[at++] = (byte) each;
      }
      size = at;
      finish(length);
    }
  }

  /** Decimals of many digits and the timestamps of old readers. */
  static final class OfOneLength extends PlainBytes {
    private final ColumnDescriptor column;
    private Statistics<?> bounds;

    OfOneLength(
        ByteForm form, ColumnDescriptor column, PageWriter pages, ByteBufferAllocator allocator) {
      super(form, column, pages, allocator);
      this.column = column;
    }

    @Override
    void store(byte[] bytes) {
      append(bytes);
      if (bounds == null) {
        bounds = Statistics.createStats(column.getPrimitiveType());
      }
      bounds.updateStats(Binary.fromConstantByteArray(bytes));
    }

    @Override
    void describe(Statistics<?> statistics) {
      statistics.mergeStatistics(bounds);
      bounds = null;
    }
  }
}

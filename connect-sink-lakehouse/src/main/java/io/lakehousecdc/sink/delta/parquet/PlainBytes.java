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
  final void put(Object value) {
    store(form.of(value));
  }

  abstract void store(byte[] bytes);

  final void append(byte[] bytes) {
    reserve(bytes.length);
    System.arraycopy(bytes, 0, buffer, size, bytes.length);
    size += bytes.length;
  }

  /** Texts and binaries: each after its length, and ordered byte by byte, without sign. */
  static final class OfAnyLength extends PlainBytes {
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
    void store(byte[] bytes) {
      reserve(Integer.BYTES);
      INT.set(buffer, size, bytes.length);
      size += Integer.BYTES;
      append(bytes);
      unencoded += bytes.length;
      if (least == null) {
        least = bytes;
        greatest = bytes;
      } else if (Arrays.compareUnsigned(bytes, least) < 0) {
        least = bytes;
      } else if (Arrays.compareUnsigned(bytes, greatest) > 0) {
        greatest = bytes;
      }
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

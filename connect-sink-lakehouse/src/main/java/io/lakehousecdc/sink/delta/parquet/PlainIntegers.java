// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.apache.parquet.bytes.ByteBufferAllocator;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.column.statistics.Statistics;

/** A column of integers in little endian, ordered by their sign. Not for several threads. */
abstract class PlainIntegers extends PlainColumn {
  private final IntegerForm form;
  private long least = Long.MAX_VALUE;
  private long greatest = Long.MIN_VALUE;

  PlainIntegers(
      IntegerForm form, ColumnDescriptor column, PageWriter pages, ByteBufferAllocator allocator) {
    super(column, pages, allocator);
    this.form = form;
  }

  @Override
  final void put(Object value) {
    long number = form.of(value);
    store(number);
    least = Math.min(least, number);
    greatest = Math.max(greatest, number);
  }

  abstract void store(long number);

  @Override
  final void describe(Statistics<?> statistics) {
    describe(statistics, least);
    describe(statistics, greatest);
    least = Long.MAX_VALUE;
    greatest = Long.MIN_VALUE;
  }

  abstract void describe(Statistics<?> statistics, long bound);

  /** Those of 32 bits. */
  static final class Narrow extends PlainIntegers {
    private static final VarHandle INT =
        MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    Narrow(
        IntegerForm form,
        ColumnDescriptor column,
        PageWriter pages,
        ByteBufferAllocator allocator) {
      super(form, column, pages, allocator);
    }

    @Override
    void store(long number) {
      reserve(Integer.BYTES);
      INT.set(buffer, size, (int) number);
      size += Integer.BYTES;
    }

    @Override
    void describe(Statistics<?> statistics, long bound) {
      statistics.updateStats((int) bound);
    }
  }

  /** Those of 64 bits. */
  static final class Wide extends PlainIntegers {
    private static final VarHandle LONG =
        MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    Wide(
        IntegerForm form,
        ColumnDescriptor column,
        PageWriter pages,
        ByteBufferAllocator allocator) {
      super(form, column, pages, allocator);
    }

    @Override
    void store(long number) {
      reserve(Long.BYTES);
      LONG.set(buffer, size, number);
      size += Long.BYTES;
    }

    @Override
    void describe(Statistics<?> statistics, long bound) {
      statistics.updateStats(bound);
    }
  }
}

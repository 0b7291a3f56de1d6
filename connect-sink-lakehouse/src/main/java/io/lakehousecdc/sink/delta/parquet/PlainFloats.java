// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.apache.parquet.bytes.ByteBufferAllocator;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.column.statistics.Statistics;

/**
 * A column of floating-point numbers. Its bounds are found by {@link Double#compare}, which takes a
 * NaN for the greatest of all, so that a bound tells of any. Not for several threads.
 */
abstract class PlainFloats extends PlainColumn {
  private boolean empty = true;
  private double least;
  private double greatest;

  PlainFloats(ColumnDescriptor column, PageWriter pages, ByteBufferAllocator allocator) {
    super(column, pages, allocator);
  }

  final void add(double number) {
    if (empty) {
      least = number;
      greatest = number;
      empty = false;
    } else if (Double.compare(number, least) < 0) {
      least = number;
    } else if (Double.compare(number, greatest) > 0) {
      greatest = number;
    }
  }

  @Override
  final void describe(Statistics<?> statistics) {
    describe(statistics, least);
    describe(statistics, greatest);
    empty = true;
  }

  abstract void describe(Statistics<?> statistics, double bound);

  /** Those of 32 bits. */
  static final class Narrow extends PlainFloats {
    private static final VarHandle FLOAT =
        MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

    Narrow(ColumnDescriptor column, PageWriter pages, ByteBufferAllocator allocator) {
      super(column, pages, allocator);
    }

    @Override
    void put(Object value) {
      float number = (Float) value;
      reserve(Float.BYTES);
      FLOAT.set(buffer, size, number);
      size += Float.BYTES;
      add(number);
    }

    @Override
    void describe(Statistics<?> statistics, double bound) {
      statistics.updateStats((float) bound);
    }
  }

  /** Those of 64 bits. */
  static final class Wide extends PlainFloats {
    private static final VarHandle DOUBLE =
        MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);

    Wide(ColumnDescriptor column, PageWriter pages, ByteBufferAllocator allocator) {
      super(column, pages, allocator);
    }

    @Override
    void put(Object value) {
      double number = (Double) value;
      reserve(Double.BYTES);
      DOUBLE.set(buffer, size, number);
      size += Double.BYTES;
      add(number);
    }

    @Override
    void describe(Statistics<?> statistics, double bound) {
      statistics.updateStats(bound);
    }
  }
}

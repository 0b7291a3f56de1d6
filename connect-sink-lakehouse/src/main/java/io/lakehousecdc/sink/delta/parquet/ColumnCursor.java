// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import java.util.function.Supplier;
import org.apache.parquet.column.values.ValuesReader;
import org.apache.parquet.schema.PrimitiveType;

/**
 * The values of one column of a row group, in the order of rows. Fills whole columns at a time, so
 * that the compiler sees one kind of column in its loops.
 */
abstract class ColumnCursor {

  /**
   * Reads values into a column of rows: one at least, and no more once the window is full.
   *
   * @param offsets offset of each row in the row group, ascending
   * @param from first row to read
   * @param to row to end before
   * @return row that is to be read next
   */
  abstract int fill(int[] offsets, int from, int to, RowWindow rows, int column);

  /** The cursor of a column that the file does not have. */
  static ColumnCursor nulls() {
    return new ColumnCursor() {
      @Override
      int fill(int[] offsets, int from, int to, RowWindow rows, int column) {
        // Rows begin as NULLs.
        return to;
      }
    };
  }

  /**
   * The cursor of a column that is assembled record by record.
   *
   * @param records each record of the row group from {@code first} on
   */
  static ColumnCursor assembled(Supplier<Object> records, int first) {
    return new Assembled(records) {
      private int next = first;

      @Override
      Object value(int offset) {
        for (; next < offset; next++) {
          // Assembled and dropped: records come in order only.
          Object unused = records.get();
        }
        next++;
        return records.get();
      }
    };
  }

  /**
   * The same.
   *
   * @param records those that are wanted, and no other
   */
  static ColumnCursor assembled(Supplier<Object> records) {
    return new Assembled(records) {
      @Override
      Object value(int offset) {
        return records.get();
      }
    };
  }

  /** The cursor of a scalar column. */
  static ColumnCursor scalar(ColumnPages pages, PrimitiveType stored, ValueDecoder decoder) {
    return switch (stored.getPrimitiveTypeName()) {
      case INT32 ->
          new Scalar(pages) {
            @Override
            Object value(ValuesReader values) {
              return decoder.int32().apply(values.readInteger());
            }
          };
      case INT64 ->
          new Scalar(pages) {
            @Override
            Object value(ValuesReader values) {
              return decoder.int64().apply(values.readLong());
            }
          };
      case BOOLEAN ->
          new Scalar(pages) {
            @Override
            Object value(ValuesReader values) {
              return values.readBoolean();
            }
          };
      case FLOAT ->
          new Scalar(pages) {
            @Override
            Object value(ValuesReader values) {
              return decoder.float32().apply(values.readFloat());
            }
          };
      case DOUBLE ->
          new Scalar(pages) {
            @Override
            Object value(ValuesReader values) {
              return values.readDouble();
            }
          };
      case INT96, BINARY, FIXED_LEN_BYTE_ARRAY -> new Large(pages, decoder);
    };
  }

  private abstract static class Assembled extends ColumnCursor {
    final Supplier<Object> records;

    Assembled(Supplier<Object> records) {
      this.records = records;
    }

    abstract Object value(int offset);

    @Override
    final int fill(int[] offsets, int from, int to, RowWindow rows, int column) {
      for (int i = from; i < to; i++) {
        if (rows.setLarge(i, column, value(offsets[i]))) {
          return i + 1;
        }
      }
      return to;
    }
  }

  /** Values that pages hold as they are. */
  private abstract static class Flat extends ColumnCursor {
    final ColumnPages pages;

    Flat(ColumnPages pages) {
      this.pages = pages;
    }

    abstract int decode(int[] offsets, int from, int to, RowWindow rows, int column);

    @Override
    final int fill(int[] offsets, int from, int to, RowWindow rows, int column) {
      try {
        return decode(offsets, from, to, rows, column);
      } catch (RuntimeException e) {
        throw pages.damaged(e);
      }
    }
  }

  /** Values of fixed length. */
  private abstract static class Scalar extends Flat {

    Scalar(ColumnPages pages) {
      super(pages);
    }

    abstract Object value(ValuesReader values);

    @Override
    final int decode(int[] offsets, int from, int to, RowWindow rows, int column) {
      for (int i = from; i < to; i++) {
        if (pages.seek(offsets[i])) {
          rows.set(i, column, value(pages.values()));
        }
      }
      return to;
    }
  }

  /** Values of any length. */
  private static final class Large extends Flat {
    private final ValueDecoder decoder;

    Large(ColumnPages pages, ValueDecoder decoder) {
      super(pages);
      this.decoder = decoder;
    }

    @Override
    int decode(int[] offsets, int from, int to, RowWindow rows, int column) {
      for (int i = from; i < to; i++) {
        if (pages.seek(offsets[i])
            && rows.setLarge(i, column, decoder.binary().apply(pages.values().readBytes()))) {
          return i + 1;
        }
      }
      return to;
    }
  }
}

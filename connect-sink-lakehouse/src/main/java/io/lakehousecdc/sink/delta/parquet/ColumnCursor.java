// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import java.util.function.Supplier;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.schema.PrimitiveType;

/**
 * The values of one column of a row group, one after the other. Fills whole columns at a time, so
 * that the compiler sees one kind of column in its loops.
 */
abstract class ColumnCursor {

  /**
   * Reads values into a column of rows: one at least, and no more once the window is full.
   *
   * @param skips how many values to leave out before each one that is read
   * @param from first row to read
   * @param to row to end before
   * @return row that is to be read next
   */
  abstract int fill(int[] skips, int from, int to, RowWindow rows, int column);

  /** The cursor of a column that the file does not have. */
  static ColumnCursor nulls() {
    return new ColumnCursor() {
      @Override
      int fill(int[] skips, int from, int to, RowWindow rows, int column) {
        // Rows begin as NULLs.
        return to;
      }
    };
  }

  /** The cursor of a column that is assembled record by record. */
  static ColumnCursor assembled(Supplier<Object> records) {
    return new ColumnCursor() {
      @Override
      int fill(int[] skips, int from, int to, RowWindow rows, int column) {
        for (int i = from; i < to; i++) {
          for (int skipped = 0; skipped < skips[i]; skipped++) {
            // Assembled and overwritten: records come in order only.
            rows.set(i, column, records.get());
          }
          if (rows.setLarge(i, column, records.get())) {
            return i + 1;
          }
        }
        return to;
      }
    };
  }

  /** The cursor of a scalar column. */
  static ColumnCursor scalar(ColumnReader reader, PrimitiveType stored, ValueDecoder decoder) {
    int present = reader.getDescriptor().getMaxDefinitionLevel();
    return switch (stored.getPrimitiveTypeName()) {
      case INT32 ->
          new Scalar(reader, present) {
            @Override
            Object value() {
              return decoder.int32().apply(reader.getInteger());
            }
          };
      case INT64 ->
          new Scalar(reader, present) {
            @Override
            Object value() {
              return decoder.int64().apply(reader.getLong());
            }
          };
      case BOOLEAN ->
          new Scalar(reader, present) {
            @Override
            Object value() {
              return reader.getBoolean();
            }
          };
      case FLOAT ->
          new Scalar(reader, present) {
            @Override
            Object value() {
              return decoder.float32().apply(reader.getFloat());
            }
          };
      case DOUBLE ->
          new Scalar(reader, present) {
            @Override
            Object value() {
              return reader.getDouble();
            }
          };
      case INT96, BINARY, FIXED_LEN_BYTE_ARRAY -> new Large(reader, present, decoder);
    };
  }

  /** Values of fixed length. */
  private abstract static class Scalar extends ColumnCursor {
    private final ColumnReader reader;
    private final int present;

    Scalar(ColumnReader reader, int present) {
      this.reader = reader;
      this.present = present;
    }

    abstract Object value();

    @Override
    final int fill(int[] skips, int from, int to, RowWindow rows, int column) {
      for (int i = from; i < to; i++) {
        skip(reader, present, skips[i]);
        if (reader.getCurrentDefinitionLevel() == present) {
          rows.set(i, column, value());
        }
        reader.consume();
      }
      return to;
    }
  }

  /** Values of any length. */
  private static final class Large extends ColumnCursor {
    private final ColumnReader reader;
    private final int present;
    private final ValueDecoder decoder;

    Large(ColumnReader reader, int present, ValueDecoder decoder) {
      this.reader = reader;
      this.present = present;
      this.decoder = decoder;
    }

    @Override
    int fill(int[] skips, int from, int to, RowWindow rows, int column) {
      for (int i = from; i < to; i++) {
        skip(reader, present, skips[i]);
        boolean full = false;
        if (reader.getCurrentDefinitionLevel() == present) {
          full = rows.setLarge(i, column, decoder.binary().apply(reader.getBinary()));
        }
        reader.consume();
        if (full) {
          return i + 1;
        }
      }
      return to;
    }
  }

  private static void skip(ColumnReader reader, int present, int count) {
    for (int skipped = 0; skipped < count; skipped++) {
      if (reader.getCurrentDefinitionLevel() == present) {
        reader.skip();
      }
      reader.consume();
    }
  }
}

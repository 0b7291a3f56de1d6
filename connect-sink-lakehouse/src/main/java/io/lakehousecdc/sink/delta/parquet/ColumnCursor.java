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
   * Reads values into a column of rows.
   *
   * @param skips how many values to leave out before each one that is read
   * @param count how many to read
   */
  abstract void fill(int[] skips, int count, Object[][] rows, int column);

  /** The cursor of a column that the file does not have. */
  static ColumnCursor nulls() {
    return new ColumnCursor() {
      @Override
      void fill(int[] skips, int count, Object[][] rows, int column) {
        // Rows begin as NULLs.
      }
    };
  }

  /** The cursor of a column that is assembled record by record. */
  static ColumnCursor assembled(Supplier<Object> records) {
    return new ColumnCursor() {
      @Override
      void fill(int[] skips, int count, Object[][] rows, int column) {
        for (int i = 0; i < count; i++) {
          for (int skipped = 0; skipped < skips[i]; skipped++) {
            rows[i][column] = records.get();
          }
          rows[i][column] = records.get();
        }
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
      case INT96, BINARY, FIXED_LEN_BYTE_ARRAY ->
          new Scalar(reader, present) {
            @Override
            Object value() {
              return decoder.binary().apply(reader.getBinary());
            }
          };
    };
  }

  private abstract static class Scalar extends ColumnCursor {
    private final ColumnReader reader;
    private final int present;

    Scalar(ColumnReader reader, int present) {
      this.reader = reader;
      this.present = present;
    }

    abstract Object value();

    @Override
    final void fill(int[] skips, int count, Object[][] rows, int column) {
      for (int i = 0; i < count; i++) {
        for (int skipped = 0; skipped < skips[i]; skipped++) {
          if (reader.getCurrentDefinitionLevel() == present) {
            reader.skip();
          }
          reader.consume();
        }
        if (reader.getCurrentDefinitionLevel() == present) {
          rows[i][column] = value();
        }
        reader.consume();
      }
    }
  }
}

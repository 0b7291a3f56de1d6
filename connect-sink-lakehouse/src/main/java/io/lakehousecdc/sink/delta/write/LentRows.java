// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.delta.index.KeyBits;
import io.lakehousecdc.sink.delta.parquet.CellBytes;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.schema.BatchMapping;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.StoredRow;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import io.lakehousecdc.sink.error.RecordException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.roaringbitmap.RoaringBitmap;

/**
 * The rows of a plan that take more values from stored rows than are held at a time, such as large
 * texts that the source leaves unchanged. They are completed piece by piece while they are written.
 *
 * @param rows the rows, with {@link BatchMapping#KEEP} where a stored row lends the value
 * @param columns columns that any of them lacks
 * @param placeOf place of each column of the table among {@code columns}
 * @param mapping tells whether a complete row can be stored; null where there is none
 */
record LentRows(
    List<LentRow> rows, List<DeltaColumn> columns, int[] placeOf, BatchMapping mapping) {
  static final LentRows NONE = new LentRows(List.of(), List.of(), new int[0], null);

  /** Values that are held at a time. */
  private static final long PIECE_BYTES = 32 << 20;

  /** A row that is not complete. */
  record LentRow(Object[] outline, KeyBits key, RowKey sourceKey, StoredRow lender) {}

  /** The receiver of complete rows, a piece of them at a time. */
  interface Receiver {
    void rows(List<NewRow> piece) throws IOException;
  }

  /** Rows that take values from one file, by the row that lends them. */
  private record Borrowers(LiveFile file, Map<Integer, List<LentRow>> byRow) {}

  /**
   * Completes the rows, file by file of those that lend the values.
   *
   * @param receiver keeps no piece beyond its call
   * @throws RecordException a row cannot be stored
   */
  void complete(TableState state, Receiver receiver) throws IOException {
    Map<String, Borrowers> files = new LinkedHashMap<>();
    for (LentRow row : rows) {
      LiveFile file = row.lender.file();
      files
          .computeIfAbsent(file.path(), path -> new Borrowers(file, new HashMap<>()))
          .byRow
          .computeIfAbsent(row.lender.row(), number -> new ArrayList<>())
          .add(row);
    }
    List<NewRow> piece = new ArrayList<>();
    long[] bytes = {0};
    for (Borrowers borrowers : files.values()) {
      RoaringBitmap wanted = new RoaringBitmap();
      borrowers.byRow.keySet().forEach(wanted::add);
      state
          .rowFiles()
          .read(
              borrowers.file,
              wanted,
              columns,
              (number, stored) -> {
                for (LentRow row : borrowers.byRow.get(number)) {
                  NewRow complete = complete(row, stored);
                  piece.add(complete);
                  bytes[0] += CellBytes.ofRow(complete.values());
                }
                if (bytes[0] >= PIECE_BYTES) {
                  receiver.rows(piece);
                  piece.clear();
                  bytes[0] = 0;
                }
              });
    }
    receiver.rows(piece);
  }

  private NewRow complete(LentRow row, Object[] stored) {
    Object[] values = row.outline.clone();
    fill(values, stored, placeOf);
    mapping.requireStorable(values, row.sourceKey);
    return new NewRow(values, row.key);
  }

  /**
   * Puts stored values where a row has none of its own.
   *
   * @param stored values by {@code placeOf}; null for NULL everywhere
   */
  static void fill(Object[] row, Object[] stored, int[] placeOf) {
    for (int i = 0; i < row.length; i++) {
      if (row[i] == BatchMapping.KEEP) {
        row[i] = stored == null ? null : stored[placeOf[i]];
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import io.lakehousecdc.sink.ConfiguredSink;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import io.lakehousecdc.tools.reconcile.Outcome.Difference;
import io.lakehousecdc.tools.removal.KeyText;
import io.lakehousecdc.tools.removal.RemovableRow;
import io.lakehousecdc.tools.removal.Removed;
import io.lakehousecdc.tools.removal.RowRemover;
import io.lakehousecdc.tools.removal.StoredPosition;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The removal of rows that the target has and the source has not. Each is removed only while it is
 * as it was when it was proven to differ, so that a row which the sink writes meanwhile stays.
 */
final class ExtraRows {
  private static final int POSITION_PARTS = 3;

  private ExtraRows() {}

  static void remove(TablePair pair, ConfiguredSink sink, List<Difference> rows, Report report)
      throws SQLException {
    TableOptions options = sink.tables();
    if (options.history().isPresent() || options.deleteMode() != DeleteMode.HARD) {
      report.repaired(
          pair,
          rows.size()
              + " rows that the source does not have are left: only with write.mode=upsert and"
              + " delete.mode=hard are such rows removed");
      return;
    }
    List<RemovableRow> removable = new ArrayList<>();
    for (Difference row : rows) {
      String[] position = row.targetVersion().split("/", -1);
      if (position.length == POSITION_PARTS) {
        removable.add(new RemovableRow(key(pair, row.key()), position(position)));
      }
    }
    if (removable.size() < rows.size()) {
      report.repaired(
          pair,
          rows.size()
              - removable.size()
              + " rows are left: the table has no columns that tell their positions");
    }
    if (removable.isEmpty()) {
      return;
    }
    try (RowRemover remover = RowRemover.open(sink, pair.target())) {
      Removed removed = remover.remove(removable);
      report.repaired(
          pair,
          "%d rows that the source does not have are removed%s"
              .formatted(
                  removed.removed().size(),
                  removed.changed().isEmpty()
                      ? ""
                      : "; %d were written meanwhile, and are left"
                          .formatted(removed.changed().size())));
    }
  }

  private static KeyText key(TablePair pair, Key key) {
    Map<String, String> columns = new LinkedHashMap<>();
    for (int i = 0; i < pair.keys().size(); i++) {
      ComparedColumn column = pair.keys().get(i);
      columns.put(column.target(), column.kinds().source().serverText(key.texts().get(i)));
    }
    return new KeyText(columns);
  }

  private static StoredPosition position(String[] parts) {
    return StoredPosition.of(number(parts[0]), number(parts[1]), number(parts[2]));
  }

  private static Long number(String text) {
    return text.isEmpty() ? null : Long.valueOf(text);
  }
}

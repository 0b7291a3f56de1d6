// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.TrackedColumns;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The check that the columns which make versions are there: with a name that is wrong, changes
 * would be overwritten in silence. Not thread-safe.
 */
final class TrackedColumnCheck {
  private static final Logger LOG = LoggerFactory.getLogger(TrackedColumnCheck.class);

  private final TrackedColumns tracked;
  private final Set<TableId> warned = new HashSet<>();
  private RowSchema checked;

  TrackedColumnCheck(TrackedColumns tracked) {
    this.tracked = tracked;
  }

  /**
   * Tells of columns that rows of the table do not have. One of several may have been dropped.
   *
   * @throws FatalException they have none of those that are to make versions
   */
  void check(RecordOffset at, RowEvent row) {
    if (row.schema() == checked) {
      return; // Rows come schema by schema.
    }
    Set<String> missing = new TreeSet<>(tracked.named(row.table()));
    Set<String> only = tracked.only().getOrDefault(row.table().toString(), Set.of());
    missing.removeIf(name -> row.schema().indexOf(name) >= 0);
    if (!only.isEmpty() && missing.containsAll(only)) {
      throw new FatalException(
          at
              + ": rows of table "
              + row.table()
              + " have none of the columns "
              + missing
              + " that history.columns names, so that no change would make a version. Name columns"
              + " as they are in the target.");
    }
    if (!missing.isEmpty() && warned.add(row.table())) {
      LOG.warn(
          "{}: rows of table {} do not have the columns {} that history.columns or"
              + " history.columns.exclude names",
          at,
          row.table(),
          missing);
    }
    checked = row.schema();
  }
}

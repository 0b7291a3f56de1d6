// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.TableId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The truncates of tables that do not exist yet. There is nothing to remove, but older rows may
 * come late, from another partition: the table of offsets remembers them until there is a table to
 * do so.
 *
 * <p>Whoever brings the truncate writes it down first and then looks for the table; whoever brings
 * rows makes the table first and then looks for what is written down. One of the two finds the
 * other, also when they are tasks of different workers.
 */
final class EarlyTruncates {
  private final OpenTables tables;
  private final OffsetsTable offsets;
  private final Set<TableId> applied = new HashSet<>();

  EarlyTruncates(OpenTables tables, OffsetsTable offsets) {
    this.tables = tables;
    this.offsets = offsets;
  }

  /**
   * What can be committed: the batches that have columns or a table, with the truncates that came
   * before the table. Those of the others are remembered when this returns.
   */
  List<TableBatch> applicable(List<TableBatch> batches) {
    List<TableBatch> applicable = new ArrayList<>();
    for (TableBatch batch : batches) {
      if (batch.schema().size() > 0) {
        applicable.add(afterEarlier(batch));
      } else {
        boolean remembers = tables.upserts() && batch.truncateBelow().isPresent();
        if (remembers && !tables.open(batch.table()).exists()) {
          offsets.truncated(batch.table(), batch.truncateBelow().get());
        }
        if (tables.open(batch.table()).exists()) {
          applicable.add(batch);
        }
      }
    }
    return applicable;
  }

  /** The tables of the batches hold by themselves what was remembered for them. */
  void applied(List<TableBatch> batches) {
    batches.forEach(batch -> applied.add(batch.table()));
  }

  private TableBatch afterEarlier(TableBatch batch) {
    if (!tables.upserts() || applied.contains(batch.table())) {
      return batch;
    }
    tables.open(batch.table()).createIfAbsent(batch.schema());
    Optional<Position> earlier = offsets.truncated(batch.table());
    if (earlier.isEmpty()) {
      return batch;
    }
    Position below =
        batch.truncateBelow().map(own -> Position.max(own, earlier.get())).orElse(earlier.get());
    return batch.withTruncateBelow(below);
  }
}

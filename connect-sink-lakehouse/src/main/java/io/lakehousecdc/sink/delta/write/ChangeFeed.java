// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.sink.delta.index.EncodedKey;
import io.lakehousecdc.sink.delta.index.KeyBits;
import io.lakehousecdc.sink.delta.kernel.ChangeFile;
import io.lakehousecdc.sink.delta.parquet.RowVisitor;
import io.lakehousecdc.sink.delta.schema.TableShape;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The account that one commit gives to the table's change data feed: each row that goes, as it was,
 * and each that comes, as it is. A key that has both has been updated. Rows that go are read from
 * their files, one by one; what is held of them are the keys that the commit writes again. For one
 * commit; not thread-safe.
 */
final class ChangeFeed {
  private final TableState state;
  private final TableShape shape;
  private final ChangeFiles files;
  private final Set<KeyBits> coming = new HashSet<>();
  private final Set<KeyBits> updated = new HashSet<>();

  ChangeFeed(TableState state, ChangeFiles files) {
    this.state = state;
    this.shape = state.shape();
    this.files = files;
  }

  /**
   * Writes what a plan does.
   *
   * @return no files where no row goes: the commit's new files tell all then
   */
  List<ChangeFile> write(BatchPlan plan) throws IOException {
    if (plan.removed().isEmpty()) {
      return List.of();
    }
    try (files) {
      plan.rows().forEach(row -> coming.add(row.key()));
      plan.lent().rows().forEach(row -> coming.add(row.key()));
      RowSet gone = new RowSet();
      gone.addAll(plan.removed());
      for (SoftDelete softDelete : plan.softDeletes()) {
        gone.removeAll(softDelete.rows());
        deleteSoftly(softDelete);
      }
      remove(gone);
      add(plan.rows());
      plan.lent().complete(state, this::add);
      return files.files();
    }
  }

  private void add(List<NewRow> rows) throws IOException {
    for (Map.Entry<Map<String, String>, List<NewRow>> part :
        shape.partitioning().split(rows, NewRow::values).entrySet()) {
      for (NewRow row : part.getValue()) {
        files.write(
            updated.contains(row.key()) ? ChangeType.AFTER : ChangeType.INSERT,
            part.getKey(),
            row.values());
      }
    }
  }

  private void remove(RowSet gone) throws IOException {
    if (gone.isEmpty()) {
      return;
    }
    StoredKeys keys = state.keys() == null ? null : new StoredKeys(state.keys(), shape);
    EncodedKey encoded = new EncodedKey();
    for (LiveFile file : gone.byPartition(state)) {
      Map<String, String> partition = file.file().partitionValues();
      read(
          file,
          gone,
          (row, values) -> {
            boolean again = false;
            if (keys != null && keys.encode(values, encoded)) {
              KeyBits key = new KeyBits(encoded.first(), encoded.second());
              again = coming.contains(key);
              if (again) {
                updated.add(key);
              }
            }
            files.write(again ? ChangeType.BEFORE : ChangeType.DELETE, partition, values);
          });
    }
  }

  /** Reads the rows twice, because both states of one may be of different partitions. */
  private void deleteSoftly(SoftDelete softDelete) throws IOException {
    List<LiveFile> sources = softDelete.rows().byPartition(state);
    for (LiveFile file : sources) {
      Map<String, String> partition = file.file().partitionValues();
      read(
          file,
          softDelete.rows(),
          (row, values) -> files.write(ChangeType.BEFORE, partition, values));
    }
    for (LiveFile file : sources) {
      read(
          file,
          softDelete.rows(),
          (row, values) -> {
            Object[] deleted = softDelete.applied(values, shape);
            files.write(ChangeType.AFTER, shape.partitioning().of(deleted), deleted);
          });
    }
  }

  private void read(LiveFile file, RowSet rows, RowVisitor visitor) throws IOException {
    state.rowFiles().read(file, rows.rows(file), shape.columns(), visitor);
  }
}

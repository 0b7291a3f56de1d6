// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.sink.delta.index.EncodedKey;
import io.lakehousecdc.sink.delta.index.KeyBits;
import io.lakehousecdc.sink.delta.kernel.ChangeFile;
import io.lakehousecdc.sink.delta.schema.TableShape;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.RowFiles;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The account that one commit gives to the table's change data feed: each row that goes, as it was,
 * and each that comes, as it is. A key that has both has been updated; of a table of versions, one
 * that was opened by the same change. Rows that go are read from their files, one by one; what is
 * held of them are the keys that the commit writes again. For one commit; not thread-safe.
 */
final class ChangeFeed {
  private final TableState state;
  private final TableShape shape;
  private final ChangeFiles files;
  private final Optional<StoredKeys> keys;
  private final EncodedKey encoded = new EncodedKey();
  private final Set<KeyBits> coming = new HashSet<>();
  private final Set<KeyBits> updated = new HashSet<>();

  ChangeFeed(TableState state, ChangeFiles files) {
    this.state = state;
    this.shape = state.shape();
    this.files = files;
    this.keys = Optional.ofNullable(state.keys()).map(index -> StoredKeys.unique(index, shape));
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
      plan.rows().forEach(row -> key(row.values()).ifPresent(coming::add));
      plan.lent().rows().forEach(row -> key(row.outline()).ifPresent(coming::add));
      RowSet gone = new RowSet();
      gone.addAll(plan.removed());
      for (RowUpdate update : plan.updates()) {
        gone.removeAll(update.rows());
        update(update);
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
            key(row.values()).filter(updated::contains).isPresent()
                ? ChangeType.AFTER
                : ChangeType.INSERT,
            part.getKey(),
            row.values());
      }
    }
  }

  private void remove(RowSet gone) throws IOException {
    read(
        gone,
        (file, values) -> {
          Optional<KeyBits> again = key(values).filter(coming::contains);
          again.ifPresent(updated::add);
          files.write(
              again.isPresent() ? ChangeType.BEFORE : ChangeType.DELETE,
              file.file().partitionValues(),
              values);
        });
  }

  /** Reads the rows twice, because both states of one may be of different partitions. */
  private void update(RowUpdate update) throws IOException {
    read(
        update.rows(),
        (file, values) -> files.write(ChangeType.BEFORE, file.file().partitionValues(), values));
    read(
        update.rows(),
        (file, values) -> {
          Object[] after = update.applied(values, shape);
          files.write(ChangeType.AFTER, shape.partitioning().of(after), after);
        });
  }

  /** The key of a row among all of the table; empty where it has none. */
  private Optional<KeyBits> key(Object[] row) {
    return keys.filter(stored -> stored.encode(row, encoded))
        .map(stored -> new KeyBits(encoded.first(), encoded.second()));
  }

  /** Reads rows partition by partition, because each change of it begins a file of the feed. */
  private void read(RowSet rows, RowFiles.Receiver receiver) throws IOException {
    for (List<LiveFile> partition : rows.partitions(state)) {
      state.rowFiles().readAll(partition, rows::rows, shape.columns(), receiver);
    }
  }
}

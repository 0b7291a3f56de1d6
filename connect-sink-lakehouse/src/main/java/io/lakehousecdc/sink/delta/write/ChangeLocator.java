// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.SkipCounter;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.delta.index.KeyBits;
import io.lakehousecdc.sink.delta.schema.BatchMapping;
import io.lakehousecdc.sink.delta.snapshot.KeyMap;
import io.lakehousecdc.sink.delta.snapshot.StoredRow;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import io.lakehousecdc.sink.delta.write.CommitClock.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The look-up of a batch's keys in the index, all at once. For one batch; not thread-safe. */
final class ChangeLocator {
  private final TableState state;
  private final BatchMapping mapping;
  private final KeyMap keys;
  private final CommitClock clock;

  /**
   * @param keys index of the batch's key columns
   * @param clock is told when the index has been asked
   */
  ChangeLocator(TableState state, BatchMapping mapping, KeyMap keys, CommitClock clock) {
    this.state = state;
    this.mapping = mapping;
    this.keys = keys;
    this.clock = clock;
  }

  /**
   * The changes with their stored rows, in order.
   *
   * @param floors changes below any of them are left out
   * @param gone stored rows that count as absent
   * @param skips told of those that are left out
   */
  List<Located> locate(List<RowChange> changes, Floors floors, RowSet gone, SkipCounter skips) {
    List<RowChange> current = new ArrayList<>(changes.size());
    List<Object[]> keyValues = new ArrayList<>(changes.size());
    List<KeyBits> wanted = new ArrayList<>(changes.size());
    for (RowChange change : changes) {
      Position position = change.info().position();
      Optional<Floor> above = floors.covering(position, change.info().commitMicros());
      if (above.isPresent()) {
        skips.below(above.get(), change.key(), position);
      } else {
        Object[] values = mapping.key(change.key());
        current.add(change);
        keyValues.add(values);
        wanted.add(keys.encode(values));
        if (hasFormerKey(change)) {
          wanted.add(keys.encode(mapping.key(change.formerRow().key())));
        }
      }
    }
    if (current.isEmpty()) {
      return List.of();
    }
    clock.passed(Phase.PLAN);
    StoredRow[] found = state.find(wanted);
    clock.passed(Phase.LOOK_UP);
    List<Located> located = new ArrayList<>(current.size());
    int next = 0;
    for (int i = 0; i < current.size(); i++) {
      RowChange change = current.get(i);
      KeyBits key = wanted.get(next);
      StoredRow own = unlessGone(found[next++], gone);
      StoredRow former = hasFormerKey(change) ? unlessGone(found[next++], gone) : null;
      located.add(new Located(change, keyValues.get(i), key, own, former));
    }
    return located;
  }

  private static boolean hasFormerKey(RowChange change) {
    return change.formerRow() != null && change.formerRow().key() != null;
  }

  private static StoredRow unlessGone(StoredRow found, RowSet gone) {
    return found != null && gone.contains(found.file(), found.row()) ? null : found;
  }
}

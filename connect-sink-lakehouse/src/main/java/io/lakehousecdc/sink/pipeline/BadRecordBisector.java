// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TombstoneEvent;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the records for which a target refuses a batch: the target's word where it names the row,
 * else by halving the batch in rehearsals.
 */
final class BadRecordBisector {
  private final Target target;
  private final SealedBatch batch;
  private final Map<Entry, RecordException> found = new LinkedHashMap<>();

  private BadRecordBisector(Target target, SealedBatch batch) {
    this.target = target;
    this.batch = batch;
  }

  /**
   * The events to blame, each with its reason.
   *
   * @throws RecordException {@code refusal}, where no single row is refused by itself
   */
  static Map<Entry, RecordException> find(
      Target target, SealedBatch batch, RecordException refusal) {
    BadRecordBisector bisector = new BadRecordBisector(target, batch);
    if (refusal.table() != null && refusal.key() != null) {
      bisector.blame(new Suspect(refusal.table(), refusal.key()), refusal);
    } else {
      bisector.halve(bisector.suspects());
    }
    if (bisector.found.isEmpty()) {
      throw refusal;
    }
    return bisector.found;
  }

  private List<Suspect> suspects() {
    List<Suspect> suspects = new ArrayList<>();
    for (TableBatch table : batch.content().batches()) {
      for (RowChange change : table.changes()) {
        suspects.add(new Suspect(table.table(), change.key()));
      }
    }
    return suspects.stream().distinct().toList();
  }

  private void halve(List<Suspect> suspects) {
    if (suspects.size() == 1) {
      RecordException refusal = refusal(entriesOf(suspects));
      if (refusal != null) {
        blame(suspects.get(0), refusal);
      }
      return;
    }
    int middle = suspects.size() / 2;
    for (List<Suspect> half :
        List.of(suspects.subList(0, middle), suspects.subList(middle, suspects.size()))) {
      if (!half.isEmpty() && refusal(entriesOf(half)) != null) {
        halve(half);
      }
    }
  }

  /** Of the events combined to one row, blames those that make the row unacceptable. */
  private void blame(Suspect suspect, RecordException refusal) {
    List<Entry> entries = entriesOf(List.of(suspect));
    if (entries.size() == 1) {
      found.put(entries.get(0), refusal);
      return;
    }
    List<Entry> accepted = new ArrayList<>();
    for (Entry entry : entries) {
      accepted.add(entry);
      RecordException reason = refusal(accepted);
      if (reason != null) {
        found.put(entry, reason);
        accepted.remove(accepted.size() - 1);
      }
    }
    if (found.isEmpty()) {
      found.put(entries.get(entries.size() - 1), refusal);
    }
  }

  private RecordException refusal(List<Entry> entries) {
    BatchContent part = BatchContent.of(batch.mode(), entries, List.of());
    try {
      target.rehearse(
          new Commit(part.batches(), batch.commit().advances(), List.of(), part.contributors()));
      return null;
    } catch (RecordException e) {
      return e;
    }
  }

  private List<Entry> entriesOf(List<Suspect> suspects) {
    Map<Suspect, Boolean> wanted = new LinkedHashMap<>();
    suspects.forEach(suspect -> wanted.put(suspect, true));
    return batch.content().entries().stream()
        .filter(entry -> wanted.containsKey(suspect(entry.event())))
        .toList();
  }

  private static Suspect suspect(ChangeEvent event) {
    if (event instanceof RowEvent row) {
      return new Suspect(row.table(), row.key());
    }
    return event instanceof TombstoneEvent tombstone
        ? new Suspect(tombstone.table(), tombstone.key())
        : new Suspect(event.table(), RowKey.of());
  }

  private record Suspect(TableId table, RowKey key) {}
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TombstoneEvent;
import io.lakehousecdc.sink.error.OutOfOrderException;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the records for which a target refuses a batch, by rehearsing beginnings of it. A record is
 * blamed if the batch is accepted up to it, and refused with it: so it has all that comes before it
 * as its context, such as the old half of a changed key, or the parent of a row. It is acquitted if
 * the rest of the batch, without the others to blame, is accepted with it. That a constraint is not
 * satisfied yet blames nobody.
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
   * @throws RecordException {@code refusal}, where no beginning of the batch is refused
   */
  static Map<Entry, RecordException> find(
      Target target, SealedBatch batch, RecordException refusal) {
    BadRecordBisector bisector = new BadRecordBisector(target, batch);
    bisector.search(refusal);
    bisector.acquit();
    if (bisector.found.isEmpty()) {
      throw refusal;
    }
    return bisector.found;
  }

  /** Takes out the first bad record of what is left, until what is left is accepted. */
  private void search(RecordException refusal) {
    List<Entry> left = new ArrayList<>(batch.content().entries());
    int accepted = 0;
    Optional<RecordException> reason = Optional.of(refusal);
    while (reason.isPresent()) {
      int bad = firstRefused(left, accepted, reason.get());
      if (bad < 0) {
        return;
      }
      left.remove(bad);
      accepted = bad;
      reason = refusal(left);
    }
  }

  /** Takes back blame of what is accepted in its place after all: a later change replaces it. */
  private void acquit() {
    for (Entry blamed : List.copyOf(found.keySet())) {
      List<Entry> kept =
          batch.content().entries().stream()
              .filter(entry -> entry == blamed || !found.containsKey(entry))
              .toList();
      try {
        rehearse(kept);
        found.remove(blamed);
      } catch (RecordException | OutOfOrderException e) {
        // It stays blamed.
      }
    }
  }

  /**
   * Blames the first record with which the batch is refused.
   *
   * @param accepted number of records that are known to be accepted
   * @return its place, or -1 where there is none
   */
  private int firstRefused(List<Entry> entries, int accepted, RecordException refusal) {
    int good = accepted;
    int refused = hinted(entries, accepted, refusal).orElse(entries.size());
    RecordException reason = refusal;
    if (refused < entries.size()) {
      Optional<RecordException> hint = refusal(entries.subList(0, refused));
      if (hint.isPresent()) {
        reason = hint.get();
      } else {
        refused = entries.size();
      }
    }
    while (refused - good > 1) {
      int middle = (good + refused) >>> 1;
      Optional<RecordException> half = refusal(entries.subList(0, middle));
      if (half.isPresent()) {
        refused = middle;
        reason = half.get();
      } else {
        good = middle;
      }
    }
    if (refused <= good) {
      return -1;
    }
    found.put(entries.get(refused - 1), reason);
    return refused - 1;
  }

  /** Number of records up to the last one of the row that the target names. */
  private static Optional<Integer> hinted(
      List<Entry> entries, int accepted, RecordException refusal) {
    if (refusal.table() == null || refusal.key() == null) {
      return Optional.empty();
    }
    for (int i = entries.size() - 1; i >= accepted; i--) {
      if (concerns(entries.get(i), refusal)) {
        return Optional.of(i + 1);
      }
    }
    return Optional.empty();
  }

  private static boolean concerns(Entry entry, RecordException refusal) {
    if (!entry.event().table().equals(refusal.table())) {
      return false;
    }
    return entry.event() instanceof RowEvent row
        ? row.key().equals(refusal.key())
        : entry.event() instanceof TombstoneEvent tombstone
            && tombstone.key().equals(refusal.key());
  }

  private Optional<RecordException> refusal(List<Entry> entries) {
    try {
      rehearse(entries);
      return Optional.empty();
    } catch (RecordException e) {
      return Optional.of(e);
    } catch (OutOfOrderException e) {
      return Optional.empty();
    }
  }

  private void rehearse(List<Entry> entries) {
    BatchContent part = BatchContent.of(batch.options(), entries, List.of());
    target.rehearse(
        new Commit(
            part.batches(),
            batch.commit().advances(),
            List.of(),
            part.contributors(),
            batch.histories()));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.version;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.sink.batch.CellMerge;
import io.lakehousecdc.sink.batch.SkipCounter;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeInfo.Delivery;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowChange.FormerRow;
import io.lakehousecdc.sink.change.RowChange.Upsert;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.SkipReason;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.HistoryOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.IntStream;

/**
 * The planner of a batch in history mode: key by key it puts the changes among the versions that a
 * target has stored. The truncates of the batch are applied to these before. For one batch; not
 * thread-safe.
 */
public final class VersionPlanner {
  private final TableBatch batch;
  private final List<Floor> floors;
  private final HistoryOptions options;
  private final StoredVersions stored;
  private final int[] tracked;
  private final RowChange[] changes;
  private final SkipCounter skips;
  private long upserted;
  private long closed;
  private long toastMerged;

  /**
   * @param floors truncates and sweeps that hold for the table, those of the batch included
   * @param stored what is stored of the batch's keys
   */
  public VersionPlanner(
      TableBatch batch, List<Floor> floors, HistoryOptions options, StoredVersions stored) {
    this.batch = batch;
    this.floors = floors;
    this.options = options;
    this.stored = stored;
    this.tracked = tracked(batch, options);
    this.changes = batch.changes().toArray(new RowChange[0]);
    this.skips = new SkipCounter(batch.table());
  }

  /** Indexes of the columns of a batch whose changes make versions; the key is not among them. */
  public static int[] tracked(TableBatch batch, HistoryOptions options) {
    RowSchema schema = batch.schema();
    return IntStream.range(0, schema.size())
        .filter(i -> !schema.keyColumns().contains(i))
        .filter(i -> options.tracked().includes(batch.table(), schema.column(i).name()))
        .toArray();
  }

  /**
   * What becomes of the keys, in the order in which they come in the batch.
   *
   * @throws RecordException a change leaves values untouched that are not stored
   */
  public List<KeyVersions> plan() {
    Map<RowKey, List<Integer>> byKey = new LinkedHashMap<>();
    for (int number = 0; number < changes.length; number++) {
      byKey.computeIfAbsent(changes[number].key(), key -> new ArrayList<>(1)).add(number);
    }
    List<KeyVersions> plan = new ArrayList<>(byKey.size());
    byKey.forEach((key, numbers) -> plan.add(plan(key, numbers)));
    return plan;
  }

  /** A change as it is applied; known once the plan is made. */
  public RowChange change(int number) {
    return changes[number];
  }

  /** What the batch does to the table, but for its truncates. */
  public CommitReceipt receipt() {
    return new CommitReceipt(upserted, closed, skips.skips(), toastMerged, 0);
  }

  private KeyVersions plan(RowKey key, List<Integer> numbers) {
    Timeline timeline = new Timeline(stored.of(key), floors, options.since(), sameness());
    for (int number : numbers) {
      RowChange change = timeline.settled(changes[number], batch.schema().size());
      changes[number] = change;
      if (lacksValues(timeline, number, change)) {
        skips.skip(SkipReason.NO_ROW, key, change.info().position(), null);
      } else {
        count(timeline.apply(number, change), change);
      }
    }
    return new KeyVersions(key, numbers.get(0), timeline.spans());
  }

  private Timeline.Sameness sameness() {
    return new Timeline.Sameness() {
      @Override
      public boolean isSame(int number, Version version) {
        return !borrows(changes[number]) && stored.isSame(number, version);
      }

      @Override
      public boolean isSame(int number, int before) {
        return !borrows(changes[number])
            && SameCells.isSame(tracked, changes[before].cells(), changes[number].cells());
      }
    };
  }

  /** Whether values that a change leaves untouched are those of another row than its key's. */
  private static boolean borrows(RowChange change) {
    FormerRow former = change.formerRow();
    return former != null
        && !change.key().equals(former.key())
        && CellMerge.hasUnchanged(change.cells());
  }

  /**
   * Whether a change came again whose untouched values are gone since.
   *
   * @throws RecordException they are missing though it came in order
   */
  private boolean lacksValues(Timeline timeline, int number, RowChange change) {
    if (!(change instanceof Upsert upsert)
        || !CellMerge.hasUnchanged(upsert.cells())
        || (upsert.formerRow() == null
            ? timeline.hasRow(change.info().position())
            : lends(timeline, number, upsert))) {
      return false;
    }
    if (change.info().delivery() == Delivery.AGAIN) {
      return true;
    }
    throw new RecordException(
        "Table "
            + batch.table()
            + ", key "
            + batch.schema().keyNames()
            + ", column "
            + unchanged(upsert)
            + ": the source did not send the value, because the change left it untouched (TOAST),"
            + " and the row is not stored here. Set REPLICA IDENTITY FULL on the source table or"
            + " use Debezium's ReselectColumnsPostProcessor, then let the row come again (a"
            + " snapshot, or an update of it).",
        batch.table(),
        change.key(),
        null);
  }

  /**
   * Whether a row that has changed its key finds its values; those of its new key are another's.
   */
  private boolean lends(Timeline timeline, int number, Upsert upsert) {
    FormerRow former = upsert.formerRow();
    return former.lent() != null || stored.lends(number, former) || timeline.holds(upsert.info());
  }

  private void count(Timeline.Outcome outcome, RowChange change) {
    switch (outcome) {
      case OPENED, REPLACED, UPDATED -> {
        upserted++;
        toastMerged +=
            change instanceof Upsert upsert && CellMerge.hasUnchanged(upsert.cells()) ? 1 : 0;
      }
      case CLOSED -> closed++;
      case SUPERSEDED ->
          skips.outranked(change.key(), change.info().position(), change.info().position());
      case NOTHING -> {
        if (change instanceof RowChange.Delete delete && delete.expectsRow()) {
          skips.skip(SkipReason.NOTHING_TO_DELETE, change.key(), change.info().position(), null);
        }
      }
    }
  }

  private String unchanged(Upsert upsert) {
    StringJoiner names = new StringJoiner(", ");
    for (int i = 0; i < upsert.cells().length; i++) {
      if (upsert.cells()[i] == Cell.UNCHANGED) {
        names.add(batch.schema().column(i).name());
      }
    }
    return names.toString();
  }
}

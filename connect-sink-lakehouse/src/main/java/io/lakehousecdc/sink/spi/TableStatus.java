// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.SkipReason;
import io.lakehousecdc.sink.change.TableId;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a connector has done to one table with one topic, for people to read: what is stored, or
 * what has been added to it since ({@link #plus}). It decides nothing. Holds no values of rows.
 * Times are in microseconds since the epoch; 0 where there is none. Immutable.
 *
 * @param key whose it is
 * @param counts how many
 * @param skipped changes that were skipped, by reason; reasons without any are left out
 * @param applied how far the source has been applied; null where nothing is
 * @param committedMicros time of the last commit to the table
 * @param rejection why a record of the topic was rejected last; null where none was
 * @param error what kept a commit from the table last; null where nothing did
 * @param snapshotMicros when the last initial snapshot was complete
 * @param reconciled what the last comparison with the source has found; null where there was none
 */
public record TableStatus(
    Key key,
    Counts counts,
    Map<SkipReason, Long> skipped,
    Applied applied,
    long committedMicros,
    Told rejection,
    Told error,
    long snapshotMicros,
    Reconciled reconciled) {

  /**
   * A topic and the table that it feeds.
   *
   * @param topic original name
   * @param table as the configuration names it: its schema is empty for the target's default
   */
  public record Key(String topic, TableId table) {}

  /**
   * Numbers since the connector began.
   *
   * @param inserted changes committed that create a row, or read one in a snapshot
   * @param updated changes committed that update a row
   * @param deleted changes committed that delete a row
   * @param rowsWritten rows that commits have written: fewer, since changes of a row are merged
   * @param rowsRemoved rows that they have removed, or marked as deleted, truncates included
   * @param rejected records that were rejected
   */
  public record Counts(
      long inserted,
      long updated,
      long deleted,
      long rowsWritten,
      long rowsRemoved,
      long rejected) {
    public static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0);

    /** Field by field sum. */
    public Counts plus(Counts other) {
      return new Counts(
          inserted + other.inserted,
          updated + other.updated,
          deleted + other.deleted,
          rowsWritten + other.rowsWritten,
          rowsRemoved + other.rowsRemoved,
          rejected + other.rejected);
    }
  }

  /**
   * How far a source has been applied.
   *
   * @param position greatest one
   * @param sourceMicros time of the newest commit of the source
   * @param atMicros when that one was applied
   */
  public record Applied(Position position, long sourceMicros, long atMicros) {

    private Applied plus(Applied later) {
      return new Applied(
          Position.max(position, later.position),
          Math.max(sourceMicros, later.sourceMicros),
          later.sourceMicros >= sourceMicros ? later.atMicros : atMicros);
    }
  }

  /**
   * What was said at a time.
   *
   * @param text without values of records
   */
  public record Told(String text, long atMicros) {}

  /**
   * The outcome of a comparison with the source.
   *
   * @param equal whether no row differed
   * @param differences rows that differed
   */
  public record Reconciled(long atMicros, boolean equal, long differences) {}

  public TableStatus {
    skipped = Map.copyOf(skipped);
  }

  /** Nothing yet. */
  public static TableStatus none(Key key) {
    return new TableStatus(key, Counts.NONE, Map.of(), null, 0, null, null, 0, null);
  }

  /** This and what has been added to it: sums of numbers, and the latest of everything else. */
  public TableStatus plus(TableStatus later) {
    if (!key.equals(later.key)) {
      throw new IllegalArgumentException("Status of another table: " + later.key);
    }
    return new TableStatus(
        key,
        counts.plus(later.counts),
        sum(skipped, later.skipped),
        applied == null || later.applied == null
            ? latest(applied, later.applied)
            : applied.plus(later.applied),
        Math.max(committedMicros, later.committedMicros),
        latest(rejection, later.rejection),
        latest(error, later.error),
        Math.max(snapshotMicros, later.snapshotMicros),
        latest(reconciled, later.reconciled));
  }

  /** With what a commit has come to for the table, beside what is known of its changes. */
  public TableStatus with(CommitReceipt receipt) {
    return new TableStatus(
        key,
        counts.plus(new Counts(0, 0, 0, receipt.upserted(), receipt.deleted(), 0)),
        sum(skipped, receipt.skips().counts()),
        applied,
        committedMicros,
        rejection,
        error,
        snapshotMicros,
        reconciled);
  }

  /** The same, also where a record was rejected. */
  public TableStatus rejected(Told reason) {
    return plus(
        new TableStatus(
            key, new Counts(0, 0, 0, 0, 0, 1), Map.of(), null, 0, reason, null, 0, null));
  }

  /** The same, also where a commit has failed. */
  public TableStatus failed(Told reason) {
    return plus(new TableStatus(key, Counts.NONE, Map.of(), null, 0, null, reason, 0, null));
  }

  /** The same, also where it was compared with the source. */
  public TableStatus reconciled(Reconciled outcome) {
    return plus(new TableStatus(key, Counts.NONE, Map.of(), null, 0, null, null, 0, outcome));
  }

  /** Sum of the skipped changes. */
  public long allSkipped() {
    return skipped.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Whether a commit has failed and none has succeeded since. */
  public boolean isFailing() {
    return error != null && error.atMicros() > committedMicros;
  }

  private static <T> T latest(T before, T later) {
    return later == null ? before : later;
  }

  private static Map<SkipReason, Long> sum(Map<SkipReason, Long> one, Map<SkipReason, Long> other) {
    if (other.isEmpty()) {
      return one;
    }
    Map<SkipReason, Long> sums = new EnumMap<>(SkipReason.class);
    sums.putAll(one);
    other.forEach((reason, count) -> sums.merge(reason, count, Long::sum));
    return sums;
  }
}

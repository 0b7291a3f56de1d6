// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.order;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Follows one stream of a source's events, such as a partition of a topic, and gives every event
 * its {@link Position}: it knows the epoch, the greatest position, the latest commit time and the
 * initial snapshot that the stream began with, and finds out when the source's LSNs have started
 * over. Hand it each event once, in the order of arrival. Not thread-safe.
 *
 * <table>
 *   <caption>Positions</caption>
 *   <tr><th>event</th><th>position</th></tr>
 *   <tr><td>with a commit LSN: streamed, or of a blocking or incremental snapshot</td>
 *       <td>(epoch, commit LSN, LSN)</td></tr>
 *   <tr><td>row of an initial snapshot at S</td><td>(epoch, S, 0)</td></tr>
 *   <tr><td>streamed before the first commit after the snapshot at S</td>
 *       <td>(epoch, S, LSN); see {@link SnapshotBase}</td></tr>
 *   <tr><td>without any LSN</td><td>none</td></tr>
 * </table>
 *
 * <p>An event below the greatest position was emitted again, or begins an epoch: {@link
 * EpochEvidence} tells which.
 */
public final class SourceHistory {
  private final HistoryRules rules;
  private Position highWater;
  private long snapshotLsn;
  private long completedSnapshotLsn;
  private long latestCommitMicros;
  private OptionalLong justCompleted = OptionalLong.empty();

  /**
   * Goes on from {@code state}, in the first epoch of the rules if that is greater.
   *
   * @param state never null
   * @param rules never null
   */
  public SourceHistory(HistoryState state, HistoryRules rules) {
    this.rules = Objects.requireNonNull(rules, "rules");
    HistoryState start = state.inEpochFrom(rules.epochs().first());
    this.highWater = start.highWater();
    this.snapshotLsn = start.snapshotLsn();
    this.completedSnapshotLsn = start.completedSnapshotLsn();
    this.latestCommitMicros = start.latestCommitMicros();
  }

  /** What to take this history up from, after the events so far. */
  public HistoryState state() {
    return new HistoryState(highWater, snapshotLsn, completedSnapshotLsn, latestCommitMicros);
  }

  /** Greatest position so far; its epoch is the current one. */
  public Position highWater() {
    return highWater;
  }

  /** The epoch that the last event was in. */
  public int epoch() {
    return highWater.epoch();
  }

  /** Latest commit time so far, in microseconds since the epoch; 0 before the first. */
  public long latestCommitMicros() {
    return latestCommitMicros;
  }

  /** Whether nothing more comes of the snapshot at {@code below}; see {@link HistoryState}. */
  public boolean isPast(Position below) {
    return state().isPast(below);
  }

  /** Takes the snapshot at {@code below} as completed: nothing more of it will come. */
  public void completeSnapshot(Position below) {
    if (highWater.epoch() == below.epoch()) {
      completedSnapshotLsn = Math.max(completedSnapshotLsn, below.commitLsn());
    }
  }

  /**
   * LSN of the initial snapshot of the last event's table, if that event showed that it is
   * complete; empty for most.
   */
  public OptionalLong justCompleted() {
    return justCompleted;
  }

  /** Where the event would stand in the current epoch; empty where it has no position. */
  public Optional<Position> position(SourcePosition event) {
    return Optional.ofNullable(locate(event));
  }

  /** Takes note of the stream's next event and says what it is. */
  public Placement advance(SourcePosition event) {
    justCompleted = OptionalLong.empty();
    Position position = locate(event);
    Placement placement = place(event, position);
    if (event.hasCommitTime()) {
      latestCommitMicros = Math.max(latestCommitMicros, event.commitMicros());
    }
    if (placement.position() != null) {
      note(event, placement.position());
    }
    return placement;
  }

  private Placement place(SourcePosition event, Position position) {
    if (position == null) {
      return new Placement.Unplaced();
    }
    if (!position.isBelow(highWater)) {
      return new Placement.InOrder(position);
    }
    return beginsEpoch(event) ? beginEpoch(event, position) : new Placement.Below(position);
  }

  /** Whether an event below the high-water mark begins an epoch. */
  private boolean beginsEpoch(SourcePosition event) {
    boolean standsByItself = event.commitLsn() != SourcePosition.NONE || event.isInitial();
    return rules.epochs().evidence().isGiven(event, latestCommitMicros)
        && (standsByItself || rules.base().isComparableWith(highWater));
  }

  /** The snapshot of one epoch says nothing about events of another. */
  private Placement beginEpoch(SourcePosition event, Position formerPosition) {
    Position formerHighWater = highWater;
    highWater = new Position(formerHighWater.epoch() + 1, 0, 0);
    snapshotLsn = SourcePosition.NONE;
    completedSnapshotLsn = SourcePosition.NONE;
    return new Placement.EpochBegan(locate(event), formerPosition, formerHighWater);
  }

  private Position locate(SourcePosition event) {
    long lsn = event.lsn();
    if (lsn == SourcePosition.NONE) {
      return null;
    }
    int epoch = highWater.epoch();
    if (event.isInitial()) {
      return new Position(epoch, lsn, 0);
    }
    if (event.commitLsn() != SourcePosition.NONE) {
      return new Position(epoch, event.commitLsn(), lsn);
    }
    long base = rules.base().of(snapshotLsn, lsn);
    return base == SourcePosition.NONE ? null : new Position(epoch, base, lsn);
  }

  private void note(SourcePosition event, Position position) {
    if (event.isInitial() && rules.base().isMovedBy(position, highWater)) {
      snapshotLsn = event.lsn();
    }
    highWater = Position.max(highWater, position);
    if (showsSnapshotEnd(event)) {
      completedSnapshotLsn = snapshotLsn;
      justCompleted = OptionalLong.of(snapshotLsn);
    }
  }

  /** A table's last row, or a change that was streamed after a snapshot. */
  private boolean showsSnapshotEnd(SourcePosition event) {
    return switch (event.snapshot()) {
      case INITIAL_LAST -> true;
      case NO, BLOCKING -> completedSnapshotLsn < snapshotLsn;
      case INITIAL, INCREMENTAL -> false;
    };
  }
}

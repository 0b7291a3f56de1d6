// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.order;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * One source's events in one partition. Gives every event its {@link Position}: finds the history
 * that it belongs to by its commit time, and finds out when the source's LSNs have started over.
 * Hand it each event once, in the order of arrival. Not thread-safe.
 *
 * <table>
 *   <caption>Positions</caption>
 *   <tr><th>event</th><th>position</th></tr>
 *   <tr><td>with a commit LSN: streamed, or of a blocking or incremental snapshot</td>
 *       <td>(epoch, commit LSN, LSN)</td></tr>
 *   <tr><td>row of an initial snapshot at S</td><td>(epoch, S, 0)</td></tr>
 *   <tr><td>streamed before the first commit that its connector has delivered: the commit LSN is
 *       null, or after a restart that of a change</td>
 *       <td>(epoch, the greatest of its LSN and the commit and snapshot LSNs before it, LSN)</td></tr>
 *   <tr><td>such an event, emitted again after later ones</td>
 *       <td>(epoch, the greater of its LSN and the snapshot LSN, LSN): below all that followed
 *       it</td></tr>
 *   <tr><td>with an LSN, but no sequence</td>
 *       <td>(epoch, the greater of its LSN and the snapshot LSN, LSN)</td></tr>
 *   <tr><td>without any LSN</td><td>none</td></tr>
 * </table>
 *
 * <p>LSNs have started over where an event is below the greatest position, but was committed later
 * than all before it: one that is emitted again repeats its commit time. Rows of blocking and
 * incremental snapshots carry the time of reading, so they prove nothing.
 */
public final class SourceStream {
  private final SourceId source;
  private final HistoryBook book;
  private int bookVersion;
  private Position highWater;
  private long snapshotLsn;
  private long completedSnapshotLsn;
  private long latestCommitMicros;
  private long uncommittedLsn;

  /** Greatest position of the history before; null where this stream has not seen its end. */
  private Position formerHighWater;

  /** Latest commit time of the history before; 0 where this stream has not seen its end. */
  private long formerCommitMicros;

  /** Latest time at which a snapshot has read a row of this stream, since it was taken up. */
  private long latestReadMicros;

  /** See {@link StreamState}. */
  private Position laterSnapshot;

  private OptionalLong justCompleted = OptionalLong.empty();

  private SourceStream(SourceId source, HistoryBook book, StreamState state) {
    this.source = Objects.requireNonNull(source, "source");
    this.book = book;
    this.highWater = state.highWater();
    this.snapshotLsn = state.snapshotLsn();
    this.completedSnapshotLsn = state.completedSnapshotLsn();
    this.latestCommitMicros = state.latestCommitMicros();
    this.uncommittedLsn = state.uncommittedLsn();
    this.formerCommitMicros = state.formerCommitMicros();
    this.formerHighWater = state.formerHighWater();
    this.laterSnapshot = state.laterSnapshot();
  }

  /**
   * A stream that begins with {@code first}. The time at which a snapshot read a row is that of no
   * beginning, but shows which of the known histories it was read in.
   */
  public static SourceStream beginning(SourceId source, HistoryBook book, SourcePosition first) {
    long micros = first.hasCommitTime() ? first.commitMicros() : History.ALWAYS;
    int epoch = book.epochAt(source, micros);
    if (!first.hasCommitTime() && first.commitMicros() > 0) {
      epoch = book.epochAt(source, first.commitMicros());
    }
    return new SourceStream(source, book, StreamState.fresh(epoch));
  }

  /**
   * A stream that goes on from {@code state}. Where another partition has found meanwhile that a
   * history began before the latest event of this one, that event belongs to it.
   */
  public static SourceStream resuming(SourceId source, HistoryBook book, StreamState state) {
    SourceStream stream = new SourceStream(source, book, state);
    stream.followBook();
    return stream;
  }

  /**
   * Moves the greatest position to the history that it is in, by what is known now. An operator's
   * history takes nothing over from the one before.
   */
  private void followBook() {
    long micros = latestCommitMicros > 0 ? latestCommitMicros : History.ALWAYS;
    int epoch = book.epochAt(source, micros);
    boolean isOthers =
        book.known().of(source).stream().noneMatch(own -> own.epoch() == highWater.epoch());
    if (epoch > highWater.epoch() || isOthers) {
      if (book.known().history(epoch).orElseThrow().beganMicros() == History.ALWAYS) {
        moveTo(epoch);
      } else if (latestCommitMicros > 0 || isOthers) {
        highWater = highWater.inEpoch(epoch);
        formerCommitMicros = 0;
        formerHighWater = null;
      }
    }
    bookVersion = book.version();
  }

  /** What to take this stream up from, after the events so far. */
  public StreamState state() {
    return new StreamState(
        highWater,
        snapshotLsn,
        completedSnapshotLsn,
        latestCommitMicros,
        uncommittedLsn,
        formerCommitMicros,
        formerHighWater,
        laterSnapshot);
  }

  public SourceId source() {
    return source;
  }

  /** Greatest position so far; its epoch is that of the present history. */
  public Position highWater() {
    return highWater;
  }

  /** Latest commit time so far, in microseconds since the epoch; 0 before the first. */
  public long latestCommitMicros() {
    return latestCommitMicros;
  }

  /** Whether nothing more comes of the snapshot at {@code below}; see {@link StreamState}. */
  public boolean isPast(Position below) {
    return state().isPast(below);
  }

  /**
   * Takes the snapshot at {@code below} as completed: nothing more of it will come. Where it is of
   * a later history, the stream stays in the one that it has read, to which a backlog may belong.
   */
  public void completeSnapshot(Position below) {
    if (highWater.epoch() == below.epoch()) {
      completedSnapshotLsn = Math.max(completedSnapshotLsn, below.commitLsn());
    } else if (highWater.epoch() < below.epoch()) {
      laterSnapshot = laterSnapshot == null ? below : Position.max(laterSnapshot, below);
    }
  }

  /**
   * LSN of the initial snapshot of the last event's table, if that event showed that it is
   * complete; empty for most.
   */
  public OptionalLong justCompleted() {
    return justCompleted;
  }

  /**
   * Whether an event that comes at an offset already read is none that was read there: it was
   * committed after all of those or, while the source has had one history only, is above them.
   */
  public boolean isNew(SourcePosition event) {
    if (event.lsn() == SourcePosition.NONE) {
      return false;
    }
    if (latestCommitMicros > 0 && event.isCommittedAfter(latestCommitMicros)) {
      return true;
    }
    boolean comparable = event.commitLsn() > SourcePosition.NONE || event.isInitial();
    return comparable
        && book.known().of(source).size() <= 1
        && highWater.isBelow(locate(event, highWater.epoch()));
  }

  /**
   * Where an event stands that was seen before: in the present history, or in an earlier one.
   *
   * @param event has an LSN
   */
  public Position position(SourcePosition event) {
    return locate(event, epochOf(event));
  }

  /**
   * A truncate has been read in another partition of the table. Where this stream is ahead of it
   * although all that it has read was committed before, LSNs have started over: changes of a table
   * and its truncates exclude each other, so that their LSNs and commit times agree. The truncate
   * cannot tell by its own partition if that has been quiet.
   */
  public void compareWithTruncate(SourcePosition truncate) {
    if (bookVersion != book.version()) {
      followBook();
    }
    // Rows of snapshots raise the mark too, and were read after all that was committed below it.
    compareWithTruncate(truncate, highWater, Math.max(latestCommitMicros, latestReadMicros));
    if (formerHighWater != null) {
      compareWithTruncate(truncate, formerHighWater, formerCommitMicros);
    }
  }

  private void compareWithTruncate(SourcePosition truncate, Position mark, long micros) {
    int epoch = mark.epoch();
    if (showsStart(truncate, micros)
        && book.epochAt(source, truncate.commitMicros()) == epoch
        && locate(truncate, epoch).isBelow(mark)) {
      book.startedOver(source, epoch, truncate.commitMicros());
    }
  }

  /** Takes note of the stream's next event and says what it is. */
  public Placement place(SourcePosition event) {
    justCompleted = OptionalLong.empty();
    if (event.lsn() == SourcePosition.NONE) {
      return new Placement.Unplaced();
    }
    if (bookVersion != book.version()) {
      followBook();
    }
    int epoch = epochOf(event);
    if (epoch < highWater.epoch()) {
      return new Placement.Older(locate(event, epoch));
    }
    if (epoch > highWater.epoch()) {
      moveTo(epoch);
    }
    Position position = locate(event, epoch);
    if (!position.isBelow(highWater)) {
      return note(event, new Placement.InOrder(position));
    }
    if (!showsStart(event, latestCommitMicros)) {
      return note(event, new Placement.Below(position));
    }
    Position former = highWater;
    moveTo(book.startedOver(source, epoch, event.commitMicros()));
    Position first = locate(event, highWater.epoch());
    return note(event, new Placement.StartedOver(first, former));
  }

  /**
   * The time at which a snapshot read a row begins no history, but shows which of the known ones
   * the row was read in.
   */
  private int epochOf(SourcePosition event) {
    if (event.commitMicros() <= 0) {
      return highWater.epoch();
    }
    int epoch = book.epochAt(source, event.commitMicros());
    return isBeforeLatest(event) && !isFirstSeenIn(highWater.epoch(), epoch, event)
        ? epoch
        : Math.max(epoch, highWater.epoch());
  }

  /**
   * Whether an event that was committed a little before its history is known to have begun belongs
   * to it all the same: it comes after the history before, and is none that was seen in that. A
   * snapshot's transaction begins later than what it contains, and concurrent commits are not in
   * the order of their times.
   */
  private boolean isFirstSeenIn(int present, int byTime, SourcePosition event) {
    return byTime < present
        && formerCommitMicros > 0
        && event.isCommittedAfter(formerCommitMicros)
        && isNearerToPresent(event)
        && book.known().after(source, byTime).filter(next -> next.epoch() == present).isPresent();
  }

  /** By its LSN; one below the history before cannot be of that, because it was committed later. */
  private boolean isNearerToPresent(SourcePosition event) {
    long former = Math.max(formerHighWater.commitLsn(), formerHighWater.lsn());
    long present = Math.max(highWater.commitLsn(), highWater.lsn());
    return Math.abs(event.lsn() - present) < Math.max(1, event.lsn() - former)
        || event.lsn() < former;
  }

  private boolean isBeforeLatest(SourcePosition event) {
    return event.hasCommitTime() && event.commitMicros() < latestCommitMicros;
  }

  /** Whether an event below the mark that was reached by {@code micros} has started over. */
  private boolean showsStart(SourcePosition event, long micros) {
    return book.policy().isAutomatic()
        && micros > 0
        && event.isCommittedAfter(micros)
        && (event.commitLsn() != SourcePosition.UNSEQUENCED || event.isInitial());
  }

  /** LSNs of one history, its snapshots' included, say nothing about events of another. */
  private void moveTo(int epoch) {
    formerCommitMicros = latestCommitMicros;
    formerHighWater = highWater;
    highWater = new Position(epoch, 0, 0);
    snapshotLsn = SourcePosition.NONE;
    completedSnapshotLsn = SourcePosition.NONE;
    uncommittedLsn = SourcePosition.NONE;
  }

  private Position locate(SourcePosition event, int epoch) {
    long lsn = event.lsn();
    if (event.isInitial()) {
      return new Position(epoch, lsn, 0);
    }
    boolean present = epoch == highWater.epoch();
    boolean toldCommit = event.commitLsn() > SourcePosition.NONE;
    if (toldCommit && !(present && isOfFirstTransaction(event))) {
      return new Position(epoch, event.commitLsn(), lsn);
    }
    // Whatever this partition has seen: a transaction's changes compare over all partitions.
    long base = present ? Math.max(lsn, snapshotLsn) : lsn;
    if (present && event.commitLsn() == SourcePosition.NONE && !isEmittedAgain(event)) {
      base = Math.max(base, highWater.commitLsn());
    }
    return new Position(epoch, base, lsn);
  }

  /**
   * Whether the event belongs to the transaction that came before the first commit: a connector
   * that is restarted within it tells the LSN of the change where it was, for want of a commit.
   */
  private boolean isOfFirstTransaction(SourcePosition event) {
    return event.commitLsn() <= uncommittedLsn;
  }

  /** What is emitted again must not stand above what its first delivery came before. */
  private boolean isEmittedAgain(SourcePosition event) {
    return isBeforeLatest(event)
        || isOfFirstTransaction(event) && !event.isCommittedAfter(latestCommitMicros);
  }

  private Placement note(SourcePosition event, Placement placement) {
    if (event.hasCommitTime()) {
      latestCommitMicros = Math.max(latestCommitMicros, event.commitMicros());
    } else {
      latestReadMicros = Math.max(latestReadMicros, event.commitMicros());
    }
    if (event.isInitial()) {
      snapshotLsn = event.lsn();
    }
    noteCommit(event);
    highWater = Position.max(highWater, placement.position());
    if (showsSnapshotEnd(event)) {
      completedSnapshotLsn = snapshotLsn;
      justCompleted = OptionalLong.of(snapshotLsn);
    }
    return placement;
  }

  private void noteCommit(SourcePosition event) {
    if (event.commitLsn() == SourcePosition.NONE && !event.isInitial()) {
      uncommittedLsn = Math.max(uncommittedLsn, event.lsn());
    } else if (event.commitLsn() > uncommittedLsn) {
      uncommittedLsn = SourcePosition.NONE;
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

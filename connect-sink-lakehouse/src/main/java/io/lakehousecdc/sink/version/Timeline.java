// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.version;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowChange.ConditionalChange;
import io.lakehousecdc.sink.change.RowChange.Delete;
import io.lakehousecdc.sink.change.RowChange.Upsert;
import io.lakehousecdc.sink.change.StoredRowState;
import io.lakehousecdc.sink.spi.HistoryOptions.Since;
import java.util.ArrayList;
import java.util.List;

/**
 * The versions of one key, into which changes are put where they belong. Versions are ordered by
 * the positions of the changes that opened them; they never overlap, and between two of them there
 * is a gap only where the row was not there.
 *
 * <p>A version begins at the commit time of the change that has opened it, or at the end of the
 * version before it, whichever is later: the clock of a source may be set back. A change that comes
 * late splits the version that it falls into. A row of a blocking snapshot may share its position
 * with a streamed change, which counts as the later one ({@link Span#isAppliedBefore}); the version
 * that the second of two opens stands right {@linkplain Version#behind behind} the position. For
 * one key of one batch; not thread-safe.
 */
public final class Timeline {
  private final List<Span> spans = new ArrayList<>();
  private final List<Span> removed = new ArrayList<>();
  private final List<Floor> floors;
  private final Since since;
  private final Sameness sameness;

  /** What a change has come to. */
  public enum Outcome {
    /** A version was opened. */
    OPENED,
    /** The version of the same transaction has other values. */
    REPLACED,
    /** The change makes no version, and was applied to the one that is there. */
    UPDATED,
    /** A row has ended. */
    CLOSED,
    /** The change is older than what is known. */
    SUPERSEDED,
    /** A delete found no row. */
    NOTHING
  }

  /** The comparison of rows by the columns that make versions. */
  public interface Sameness {
    /** Whether a change leaves a stored version as it is. */
    boolean isSame(int number, Version stored);

    /** Whether a change leaves the row as another change of the batch has left it. */
    boolean isSame(int number, int before);
  }

  /**
   * @param stored versions of the key, in order: from the second one before the first change on,
   *     without gaps
   * @param floors truncates and sweeps that hold for the table, of which the stored versions show
   *     the effect
   */
  public Timeline(List<Version> stored, List<Floor> floors, Since since, Sameness sameness) {
    stored.forEach(version -> spans.add(Span.of(version)));
    this.floors = floors;
    this.since = since;
    this.sameness = sameness;
  }

  /**
   * The change, if what is there decides what it is.
   *
   * @param width number of columns
   */
  public RowChange settled(RowChange change, int width) {
    if (change instanceof ConditionalChange conditional) {
      return conditional.settle(state(change.info().position()), width);
    }
    return change instanceof Upsert upsert ? upsert.over(state(change.info().position())) : change;
  }

  /** Applies a settled change; {@code number} stands for its values. */
  public Outcome apply(int number, RowChange change) {
    ChangeInfo info = change.info();
    int index = indexBefore(info.position());
    Span found = index < 0 ? null : spans.get(index);
    Span next = index + 1 < spans.size() ? spans.get(index + 1) : null;
    boolean spared =
        change instanceof Delete delete && delete.spares(state(change.info().position()));
    if (spared || next != null && next.isOpenedBy(info)) {
      return Outcome.SUPERSEDED;
    }
    if (found != null && found.isOpenedBy(info)) {
      boolean isLater =
          isEndedByFloor(found)
              ? found.opened().isBelow(info.position())
              : found.isAppliedBefore(info);
      return isLater ? again(index, number, change) : Outcome.SUPERSEDED;
    }
    if (found != null && !found.isAppliedBefore(info)) {
      return within(index, number, change);
    }
    return change instanceof Delete delete ? end(found, delete) : open(index, number, info);
  }

  /** The versions that are no more, then the others in order, with their bounds. */
  public List<Span> spans() {
    long end = Version.BEGINNING;
    Span before = null;
    for (Span span : spans) {
      span.begin(end, before == null);
      if (before != null) {
        before.until(span.version().fromMicros());
      }
      span.last();
      end = span.isEnded() ? span.version().toMicros() : span.version().fromMicros();
      before = span;
    }
    List<Span> all = new ArrayList<>(removed);
    all.addAll(spans);
    return all;
  }

  /** Whether a version lends to one that is opened at a position. */
  public boolean hasRow(Position at) {
    return state(at).live();
  }

  /** Whether a change, or a later one of its row, was applied before. */
  public boolean holds(ChangeInfo change) {
    int index = indexBefore(change.position());
    return index >= 0
        && state(change.position()).live()
        && (spans.get(index).isOpenedBy(change) || !spans.get(index).isAppliedBefore(change));
  }

  private StoredRowState state(Position at) {
    int index = indexBefore(at);
    if (index < 0) {
      return StoredRowState.NONE;
    }
    Span found = spans.get(index);
    return Version.found(found.opened(), found.applied(), found.operation(), at);
  }

  private int indexBefore(Position at) {
    int index = spans.size() - 1;
    while (index >= 0 && Version.behind(at).isBelow(spans.get(index).opened())) {
      index--;
    }
    return index;
  }

  /** Where a change opens a version after another; null where both places are taken. */
  private static Position placeAfter(Span found, Position at) {
    Position behind = Version.behind(at);
    if (found == null || found.opened().isBelow(at)) {
      return at;
    }
    return found.opened().isBelow(behind) ? behind : null;
  }

  /** A further change of the transaction that has opened the version. */
  private Outcome again(int index, int number, RowChange change) {
    Span found = spans.get(index);
    if (change instanceof Upsert) {
      if (isEndedByFloor(found)) {
        found.replace(number);
      } else {
        found.replace(number, change.info());
      }
      return Outcome.REPLACED;
    }
    found.remove();
    removed.add(spans.remove(index));
    if (index > 0 && !spans.get(index - 1).isEnded()) {
      spans.get(index - 1).end(change.info());
    }
    return Outcome.CLOSED;
  }

  /** A change that comes after a later one which has found, or ended, the version. */
  private Outcome within(int index, int number, RowChange change) {
    Span found = spans.get(index);
    ChangeInfo info = change.info();
    if (change instanceof Delete && isEndedByFloor(found)) {
      found.end(info);
      return Outcome.CLOSED;
    }
    Position place = placeAfter(found, info.position());
    boolean known = info.operation() == Operation.READ && !info.position().equals(place);
    boolean outdated = known || found.isAppliedAt(info.position()) || found.isAppliedBy(info);
    if (change instanceof Delete || outdated || place == null || isSame(number, found)) {
      return Outcome.SUPERSEDED;
    }
    Span late = opened(number, info, place, found);
    Span next = index + 1 < spans.size() ? spans.get(index + 1) : null;
    if (found.isEnded()) {
      late.endAs(found);
    } else if (next == null || found.applied().isBelow(next.opened())) {
      spans.add(index + 1, found.rest());
    }
    spans.add(index + 1, late);
    found.endBefore();
    return Outcome.OPENED;
  }

  /** What a floor ends may have ended before, by a delete that comes late; the floor stays. */
  private boolean isEndedByFloor(Span found) {
    return found.isEnded() && floors.stream().anyMatch(floor -> floor.at().equals(found.applied()));
  }

  private static Outcome end(Span found, Delete delete) {
    if (found == null || found.isEnded()) {
      return Outcome.NOTHING;
    }
    found.end(delete.info());
    return Outcome.CLOSED;
  }

  private Outcome open(int index, int number, ChangeInfo info) {
    Span found = index < 0 ? null : spans.get(index);
    boolean live = found != null && !found.isEnded();
    if (live && !isInsert(info) && isSame(number, found)) {
      found.update(number, info);
      return Outcome.UPDATED;
    }
    Position place = placeAfter(found, info.position());
    if (place == null) {
      found.replace(number, info);
      return Outcome.REPLACED;
    }
    Span next = index + 1 < spans.size() ? spans.get(index + 1) : null;
    Span opened = opened(number, info, place, live ? found : null);
    if (index < 0 && info.operation() == Operation.READ && since == Since.BEGINNING) {
      opened.since(Version.BEGINNING);
    }
    Floor floor = floorOver(info);
    if (floor != null && (next == null || !next.opened().isBelow(floor.at()))) {
      opened.end(floor);
    }
    spans.add(index + 1, opened);
    return Outcome.OPENED;
  }

  /** A new version, or the stored one that had the place and is none any more by this batch. */
  private Span opened(int number, ChangeInfo info, Position place, Span before) {
    for (Span each : removed) {
      if (each.opened().equals(place)) {
        removed.remove(each);
        each.reopen(number, info);
        return each;
      }
    }
    return Span.opened(number, info, place, before);
  }

  /** A row that is created is another one, whatever its values are. */
  private static boolean isInsert(ChangeInfo info) {
    return info.operation() == Operation.CREATE || info.operation() == Operation.TAKEOVER;
  }

  private boolean isSame(int number, Span found) {
    return found.values() == Span.STORED
        ? sameness.isSame(number, found.source())
        : sameness.isSame(number, found.values());
  }

  /** The first floor that a change is below; null where there is none. */
  private Floor floorOver(ChangeInfo info) {
    Floor lowest = null;
    for (Floor floor : floors) {
      if (floor.covers(info.position(), info.commitMicros())
          && (lowest == null || floor.at().isBelow(lowest.at()))) {
        lowest = floor;
      }
    }
    return lowest;
  }
}

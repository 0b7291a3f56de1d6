// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.spi.PartitionState.Fingerprint;
import io.lakehousecdc.sink.spi.PartitionState.ReplayState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Recognises streamed events of one source in one partition that the source has emitted again, for
 * a log in which every change is a row. The source repeats a suffix of what it has sent, in the
 * same order. Below the high-water mark position alone tells. Events at the high-water mark (COPY,
 * the halves of a changed key) are a group: their order tells, never that one looks like another,
 * because rows may be identical.
 *
 * <ul>
 *   <li>After an event below the mark, the group comes again from its first event.
 *   <li>Without one, it can come again from any of its events, where the source's task has started
 *       anew in between: Debezium names the run in a header. It is taken up after the last event
 *       that is the same, so that in doubt nothing is lost.
 *   <li>Where the run is not known, an event with a key that is the same as one of the group is
 *       that one; identical rows without a key are taken for different ones.
 * </ul>
 *
 * <p>The state that is saved holds the first event of the group only. A group of several is read
 * again when the partition is taken over, and shown to {@link #recall}. Used by the task thread
 * only.
 */
final class ReplayDetector {
  private static final int IN_ORDER = -1;

  private final Fingerprints fingerprints = new Fingerprints();
  private final List<Fingerprint> group = new ArrayList<>();

  /** Last place of each fingerprint in the group; empty until one is looked for. */
  private final Map<Fingerprint, Integer> places = new HashMap<>();

  private Position at;
  private ChangeEvent single;
  private long firstOffset;
  private long run;

  /** Place of the event of the group that is to come again; {@link #IN_ORDER} where none is. */
  private int expected;

  /**
   * As it was saved, until an event comes that the target does not have: what is recalled before
   * that is not whole, and never saved. Null then.
   */
  private ReplayState restored;

  private boolean recalling;

  /**
   * @param state as it was saved
   * @param highWater greatest position of the stream then
   */
  ReplayDetector(ReplayState state, Position highWater) {
    restored = state;
    firstOffset = state.firstOffset();
    run = state.run();
    expected = state.expected();
    at = state.count() > 0 ? highWater : null;
    if (state.count() == 1) {
      group.add(state.first());
    }
  }

  /**
   * Offset from which the partition has to be read again for {@link #recall}, where the state says
   * that the group has several events; else {@code offset}.
   */
  static long recallFrom(ReplayState state, long offset) {
    return state.count() > 1 ? Math.min(offset, state.firstOffset()) : offset;
  }

  /**
   * What to save.
   *
   * @param highWater greatest position of the stream
   */
  ReplayState state(Position highWater) {
    if (!hasLsnsOf(highWater)) {
      return ReplayState.NONE;
    }
    if (restored != null) {
      return restored;
    }
    int count = single != null ? 1 : group.size();
    if (count == 0) {
      return ReplayState.NONE;
    }
    Fingerprint first = single != null ? fingerprints.of(single) : group.get(0);
    return new ReplayState(firstOffset, count, expected, first, run);
  }

  /**
   * Shows an event that the target has, of a partition that was taken over, again in its order. The
   * partition may be read again for another stream's group: what came before the own one, or where
   * all of it was saved, changes nothing.
   *
   * @param decision what its position says
   * @param eventRun hash of the run of the source's task that sent it; 0 where not known
   */
  void recall(FilterDecision decision, ChangeEvent event, long offset, long eventRun) {
    if (restored == null || restored.count() <= 1 || offset < firstOffset) {
      return;
    }
    if (!recalling) {
      recalling = true;
      clear();
      expected = IN_ORDER;
      run = eventRun;
    }
    if (decision.verdict() == FilterDecision.Verdict.REPEATED) {
      passedBelow(eventRun);
    } else if (hasLsnsOf(decision.position())) {
      isRepeatedInGroup(event, offset, eventRun);
    }
  }

  /**
   * Whether the log has the event already.
   *
   * @param decision what its position says
   * @param eventRun hash of the run of the source's task that sent it; 0 where not known
   */
  boolean isRepeated(FilterDecision decision, ChangeEvent event, long offset, long eventRun) {
    restored = null;
    if (decision.verdict() == FilterDecision.Verdict.REPEATED) {
      passedBelow(eventRun);
      return true;
    }
    Position position = decision.position();
    if (hasLsnsOf(position)) {
      // It may turn out later to which history the position belongs.
      at = position;
      return isRepeatedInGroup(event, offset, eventRun);
    }
    if (at == null || at.isBelow(position)) {
      begin(position, event, offset, eventRun);
    }
    return false;
  }

  private boolean hasLsnsOf(Position position) {
    return at != null && at.inEpoch(position.epoch()).equals(position);
  }

  private void passedBelow(long eventRun) {
    expected = 0;
    run = eventRun;
  }

  private void begin(Position position, ChangeEvent event, long offset, long eventRun) {
    clear();
    at = position;
    single = event;
    firstOffset = offset;
    run = eventRun;
    expected = IN_ORDER;
  }

  private void clear() {
    group.clear();
    places.clear();
    single = null;
  }

  private boolean isRepeatedInGroup(ChangeEvent event, long offset, long eventRun) {
    Fingerprint fingerprint = fingerprints.of(event);
    if (single != null) {
      group.add(fingerprints.of(single));
      single = null;
    }
    int same = placeOf(fingerprint, event, eventRun);
    expected = same >= 0 && same + 1 < group.size() ? same + 1 : IN_ORDER;
    run = eventRun;
    if (same < 0) {
      firstOffset = group.isEmpty() ? offset : firstOffset;
      group.add(fingerprint);
      if (!places.isEmpty()) {
        places.put(fingerprint, group.size() - 1);
      }
    }
    return same >= 0;
  }

  /** Whether a change of another row, or a truncate of another table, cannot look the same. */
  private static boolean isTheOnlyOfItsKind(ChangeEvent event) {
    return !(event instanceof RowEvent row) || row.key().size() > 0;
  }

  /** Place in the group of the event that this one repeats; negative where it repeats none. */
  private int placeOf(Fingerprint fingerprint, ChangeEvent event, long eventRun) {
    boolean isSameRun = eventRun != 0 && eventRun == run;
    boolean tellsRuns = eventRun != 0 && run != 0;
    // A run that begins in the middle of a repetition may go back before the event expected next.
    if (expected != IN_ORDER && (isSameRun || !tellsRuns)) {
      for (int place = expected; place < group.size(); place++) {
        if (group.get(place).equals(fingerprint)) {
          return place;
        }
      }
      return -1;
    }
    if (isSameRun || !tellsRuns && !isTheOnlyOfItsKind(event)) {
      return -1;
    }
    if (places.isEmpty()) {
      for (int place = 0; place < group.size(); place++) {
        places.put(group.get(place), place);
      }
    }
    return places.getOrDefault(fingerprint, -1);
  }
}

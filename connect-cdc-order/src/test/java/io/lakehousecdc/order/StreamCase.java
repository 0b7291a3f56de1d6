// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.order;

import io.lakehousecdc.order.SourcePosition.Snapshot;
import java.util.ArrayList;
import java.util.List;

/** A stream of events, and how each of them is placed, as text. */
final class StreamCase {
  private final String name;
  private final List<Step> steps = new ArrayList<>();

  private record Step(SourcePosition event, String sink, String transform) {}

  StreamCase(String name) {
    this.name = name;
  }

  StreamCase with(SourcePosition event, String placement) {
    return with(event, placement, placement);
  }

  StreamCase with(SourcePosition event, String sink, String transform) {
    steps.add(new Step(event, sink, transform));
    return this;
  }

  List<SourcePosition> events() {
    return steps.stream().map(Step::event).toList();
  }

  /** What the sink's rules are to make of it. */
  List<String> sinkPlacements() {
    return steps.stream().map(Step::sink).toList();
  }

  /** What the transform's rules are to make of it. */
  List<String> transformPlacements() {
    return steps.stream().map(Step::transform).toList();
  }

  /** What the rules do make of it. */
  List<String> placedBy(HistoryRules rules) {
    SourceHistory history = new SourceHistory(HistoryState.fresh(0), rules);
    return events().stream().map(event -> text(history, history.advance(event))).toList();
  }

  static String text(SourceHistory history, Placement placement) {
    if (placement instanceof Placement.EpochBegan began) {
      String place = began.position() == null ? "epoch " + history.epoch() : "" + began.position();
      return place + ", not " + began.formerPosition() + " below " + began.formerHighWater();
    }
    if (placement instanceof Placement.Unplaced) {
      return "none";
    }
    return (placement instanceof Placement.Below ? "below " : "") + placement.position();
  }

  static SourcePosition streamed(long commitLsn, long lsn, long micros) {
    return new SourcePosition(commitLsn, lsn, Snapshot.NO, micros);
  }

  static SourcePosition initial(long lsn, long micros) {
    return new SourcePosition(SourcePosition.NONE, lsn, Snapshot.INITIAL, micros);
  }

  static SourcePosition last(long lsn, long micros) {
    return new SourcePosition(SourcePosition.NONE, lsn, Snapshot.INITIAL_LAST, micros);
  }

  static SourcePosition read(Snapshot kind, long commitLsn, long lsn, long micros) {
    return new SourcePosition(commitLsn, lsn, kind, micros);
  }

  @Override
  public String toString() {
    return name;
  }
}

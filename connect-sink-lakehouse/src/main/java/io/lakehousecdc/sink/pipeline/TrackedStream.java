// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.HistoryBook;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.SourceStream;
import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TruncateEvent;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.spi.PartitionState.SourceState;

/**
 * One source's events in one partition: their order, and what recognises those that are emitted
 * again. Used by the task thread only.
 */
final class TrackedStream {
  private final SourceStream order;
  private final ReplayDetector replays;
  private Position last;
  private TableId lastFed;
  private Object lastFeed;

  /**
   * @param order gives the events their positions
   * @param replays recognises repeated ones where every change is logged
   */
  TrackedStream(SourceStream order, ReplayDetector replays) {
    this.order = order;
    this.replays = replays;
  }

  SourceId source() {
    return order.source();
  }

  SourceStream order() {
    return order;
  }

  ReplayDetector replays() {
    return replays;
  }

  /** The event at {@code position} came last. */
  void passed(Position position) {
    last = position;
  }

  /** The last event was replayed: what comes next does not follow it. */
  void passedReplay() {
    last = null;
  }

  /**
   * Position of an event that has none of its own, as a tombstone: that of the event before it,
   * with which the source emits it again.
   */
  Position following() {
    return last == null ? order.highWater() : last;
  }

  /** Notes that the source feeds the event's table, and from which of its own. */
  void feeds(ChangeEvent event, HistoryBook book) {
    Object feed = lastFeed;
    if (event instanceof RowEvent row) {
      feed = row.schema();
    } else if (event instanceof TruncateEvent) {
      feed = event;
    }
    if (feed == lastFeed && event.table().equals(lastFed)) {
      return;
    }
    String sourceTable = sourceTable(event);
    if (sourceTable == null) {
      book.feeds(source(), event.table().toString());
    } else {
      book.feeds(source(), event.table().toString(), sourceTable);
    }
    lastFeed = feed;
    lastFed = event.table();
  }

  /** Name of the source's table; null where the event does not tell it. */
  static String sourceTable(ChangeEvent event) {
    if (event instanceof TruncateEvent truncate) {
      return truncate.sourceTable();
    }
    String named = event instanceof RowEvent row ? row.schema().sourceTable().orElse(null) : null;
    // The topic before the colon, of which a topic's name has none, may change.
    return named == null ? null : named.substring(named.indexOf(':') + 1);
  }

  SourceState state() {
    return new SourceState(source(), order.state(), replays.state(order.highWater()));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.HistoryBook;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.SourceStream;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.spi.PartitionState.SourceState;

/**
 * One source's events in one partition: their order, and what recognises those that are emitted
 * again. Used by the task thread only.
 */
final class TrackedStream {
  private final SourceStream order;
  private final ReplayDetector replays;
  private TableId lastFed;

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

  /** Notes that the source feeds a table. */
  void feeds(TableId table, HistoryBook book) {
    if (!table.equals(lastFed)) {
      book.feeds(source(), table.toString());
      lastFed = table;
    }
  }

  SourceState state() {
    return new SourceState(source(), order.state(), replays.state(order.highWater()));
  }
}

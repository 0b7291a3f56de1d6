// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.display;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The state of the pipeline that the live view shows.
 *
 * @param elapsed since the writing began
 * @param workerIsUp false while the killed worker is away
 */
public record Status(Duration elapsed, List<Sink> sinks, boolean workerIsUp) {
  /** Whether no sink has anything left to do. */
  public boolean caughtUp() {
    return sinks.stream()
        .flatMap(sink -> sink.tables().stream())
        .allMatch(table -> table.lag() == 0);
  }

  /**
   * One sink connector.
   *
   * @param warehouse name of the warehouse that it writes to
   * @param freshness empty while it is unknown, as after a kill
   */
  public record Sink(String warehouse, List<Table> tables, Optional<Freshness> freshness) {}

  /**
   * One table of a sink.
   *
   * @param applied records of its topic that the sink has finished
   * @param lag records of its topic that the sink has still to finish
   */
  public record Table(String name, long sourceRows, long warehouseRows, long applied, long lag) {}
}

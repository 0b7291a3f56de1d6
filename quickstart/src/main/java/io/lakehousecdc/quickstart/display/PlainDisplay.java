// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.display;

import java.io.PrintStream;
import java.time.Duration;

/**
 * The display for files and pipes: a line per sink and interval.
 *
 * @param interval from one line to the next
 */
public record PlainDisplay(PrintStream out, Duration interval) implements Display {
  @Override
  public void say(String text) {
    out.println(text);
    out.flush();
  }

  @Override
  public void show(Status status) {
    for (Status.Sink sink : status.sinks()) {
      StringBuilder line =
          new StringBuilder("%4d s  %s".formatted(status.elapsed().toSeconds(), sink.warehouse()));
      for (Status.Table table : sink.tables()) {
        line.append(
            " | %s %d -> %d, applied %d, lag %d"
                .formatted(
                    table.name(),
                    table.sourceRows(),
                    table.warehouseRows(),
                    table.applied(),
                    table.lag()));
      }
      sink.freshness().ifPresent(freshness -> line.append(" | fresh within ").append(freshness));
      say(status.workerIsUp() ? line.toString() : line + " | WORKER IS DOWN");
    }
  }

  @Override
  public void freeze() {
    // lines never move
  }

  @Override
  public Style style() {
    return Style.PLAIN;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.display;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The display for terminals: a table, redrawn in place below the lines printed before. */
public final class TerminalDisplay implements Display {
  private static final String UP = "\u001b[%dA";
  private static final String CLEAR_BELOW = "\u001b[J";

  private final PrintStream out;
  private List<String> drawn = List.of();

  public TerminalDisplay(PrintStream out) {
    this.out = out;
  }

  @Override
  public synchronized void say(String text) {
    List<String> table = drawn;
    erase();
    out.println(text);
    draw(table);
  }

  @Override
  public synchronized void show(Status status) {
    erase();
    draw(lines(status));
  }

  @Override
  public synchronized void freeze() {
    drawn = List.of();
  }

  @Override
  public Duration interval() {
    return Duration.ofSeconds(1);
  }

  @Override
  public Style style() {
    return Style.ANSI;
  }

  private void erase() {
    if (!drawn.isEmpty()) {
      out.printf(UP, drawn.size());
      out.print(CLEAR_BELOW);
      drawn = List.of();
    }
  }

  private void draw(List<String> lines) {
    lines.forEach(out::println);
    out.flush();
    drawn = lines;
  }

  private List<String> lines(Status status) {
    List<String> lines = new ArrayList<>();
    lines.add("");
    for (Status.Sink sink : status.sinks()) {
      lines.add(
          style()
              .heading(
                  "%-12s %10s %10s %10s %8s"
                      .formatted(sink.warehouse(), "source", "warehouse", "applied", "lag")));
      for (Status.Table table : sink.tables()) {
        lines.add(
            "%-12s %,10d %,10d %,10d %,8d"
                .formatted(
                    table.name(),
                    table.sourceRows(),
                    table.warehouseRows(),
                    table.applied(),
                    table.lag()));
      }
      lines.add("%4d s   ".formatted(status.elapsed().toSeconds()) + footer(sink, status));
    }
    return lines;
  }

  private String footer(Status.Sink sink, Status status) {
    if (!status.workerIsUp()) {
      return style().bad("the worker is down");
    }
    return sink.freshness()
        .map(known -> "fresh within " + known)
        .orElse("no freshness to tell yet");
  }
}

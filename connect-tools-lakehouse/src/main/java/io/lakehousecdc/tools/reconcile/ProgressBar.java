// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A line in a terminal that tells how far the comparison of a table is; elsewhere nothing. */
final class ProgressBar implements TableProgress {
  private static final int WIDTH = 20;
  private static final long EVERY = TimeUnit.MILLISECONDS.toNanos(200);
  private static final String CLEAR = "\r\u001b[K";

  private final PrintWriter out;
  private final String table;
  private final boolean draws = System.console() != null && System.getenv("NO_COLOR") == null;
  private final Map<Stage, Double> shares = new EnumMap<>(Stage.class);
  private final long start = System.nanoTime();
  private long rows;
  private long drawn = start;

  ProgressBar(PrintWriter out, String table) {
    this.out = out;
    this.table = table;
  }

  @Override
  public synchronized void read(Stage stage, long count, double share) {
    shares.merge(stage, share, Double::sum);
    rows += count;
    draw(bar(Stage.SOURCE, "source") + bar(Stage.TARGET, "target"));
  }

  @Override
  public synchronized void looking(int keys) {
    draw("  keys to look at: %,d".formatted(keys));
    if (draws && keys == 0) {
      out.print(CLEAR);
      out.flush();
    }
  }

  private String bar(Stage stage, String name) {
    double share = Math.min(1, shares.getOrDefault(stage, 0.0));
    int full = (int) (share * WIDTH);
    return "  %s [%s%s] %3.0f%%"
        .formatted(name, "#".repeat(full), ".".repeat(WIDTH - full), share * 100);
  }

  private void draw(String text) {
    long now = System.nanoTime();
    if (!draws || now - drawn < EVERY) {
      return;
    }
    drawn = now;
    double seconds = Math.max(1, now - start) / (double) TimeUnit.SECONDS.toNanos(1);
    out.printf("%s%s%s  %,.0f rows/s", CLEAR, table, text, rows / seconds);
    out.flush();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.status;

import java.util.List;
import java.util.Locale;

/**
 * A small line of how late a table was. Immutable.
 *
 * @param lagMillis readings, the last one last
 */
record Sparkline(List<Long> lagMillis) {
  static final int WIDTH = 120;
  static final int HEIGHT = 24;
  private static final int MARGIN = 2;

  /**
   * The data of an SVG path in a box of {@link #WIDTH} by {@link #HEIGHT}; empty for one reading.
   */
  String path() {
    if (lagMillis.size() < 2) {
      return "";
    }
    long greatest = Math.max(1, greatest());
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < lagMillis.size(); i++) {
      double x = MARGIN + (double) (WIDTH - 2 * MARGIN) * i / (lagMillis.size() - 1);
      double y = HEIGHT - MARGIN - (double) (HEIGHT - 2 * MARGIN) * lagMillis.get(i) / greatest;
      path.append(String.format(Locale.ROOT, "%s%.1f %.1f", i == 0 ? "M" : "L", x, y));
    }
    return path.toString();
  }

  /** The line in words. */
  String text() {
    if (lagMillis.size() < 2) {
      return "No trend yet";
    }
    long least = lagMillis.stream().mapToLong(Long::longValue).min().orElse(0);
    return "Last "
        + lagMillis.size()
        + " readings: "
        + Figures.duration(least)
        + " to "
        + Figures.duration(greatest())
        + " behind";
  }

  private long greatest() {
    return lagMillis.stream().mapToLong(Long::longValue).max().orElse(0);
  }
}

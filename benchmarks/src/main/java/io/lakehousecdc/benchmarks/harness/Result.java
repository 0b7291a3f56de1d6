// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.harness;

import java.util.Locale;

/** A line {@code RESULT name key=value …}. Not thread-safe. */
public final class Result {
  private final StringBuilder line;

  private Result(String name) {
    line = new StringBuilder("RESULT ").append(name);
  }

  public static Result of(String name) {
    return new Result(name);
  }

  public Result with(String key, Object value) {
    line.append(' ').append(key).append('=').append(value);
    return this;
  }

  /** A figure without decimals. */
  public Result whole(String key, double value) {
    return with(key, Math.round(value));
  }

  /** A figure with one decimal. */
  public Result tenths(String key, double value) {
    return with(key, String.format(Locale.ROOT, "%.1f", value));
  }

  /** A quotient with two decimals; {@code n/a} where the other side was not measured. */
  public Result ratio(String key, double value, double other) {
    return with(key, other > 0 ? String.format(Locale.ROOT, "%.2f", value / other) : "n/a");
  }

  /** Prints the line to standard output. */
  public void print() {
    System.out.println(line);
  }
}

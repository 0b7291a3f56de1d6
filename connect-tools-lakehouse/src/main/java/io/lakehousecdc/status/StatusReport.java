// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.status;

import io.lakehousecdc.sink.spi.TableStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A report of sinks at a time: what all forms of it show. Immutable.
 *
 * @param atMillis time, milliseconds since the epoch
 * @param sinks by name
 */
public record StatusReport(long atMillis, List<Sink> sinks) {

  /** How good or bad something is. */
  public enum Level {
    GOOD,
    NEUTRAL,
    WARNING,
    BAD;

    /** For programs and style sheets. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Something that an operator may have to look after.
   *
   * @param subject task or table
   * @param text what it is, as a sentence whose subject comes before it
   * @param entry where the runbook tells what to do
   */
  public record Problem(Level level, String subject, String text, Runbook entry) {
    public Problem {
      text = text.endsWith(".") ? text : text + ".";
    }
  }

  /**
   * A figure as text.
   *
   * @param key for programs; the same in each table
   * @param label for people; the same in each table
   */
  public record Cell(String key, String label, String text, Level level) {}

  /** A table, its figures and how late it was of late, the last reading last. */
  public record Table(TableStatus status, List<Cell> cells, List<Long> lagMillis) {
    /** Name of the table in the warehouse. */
    public String name() {
      return status.key().table().toString();
    }
  }

  /** A sink, what is wrong with it, and its tables. */
  public record Sink(SinkState state, List<Problem> problems, List<Table> tables) {}

  /** A report of one sink of which nothing was read before. */
  public static StatusReport of(SinkState sink, long nowMillis) {
    return new Reports().of(List.of(sink), nowMillis);
  }

  /** Number of problems of that level. */
  public long count(Level level) {
    return sinks.stream()
        .flatMap(sink -> sink.problems().stream())
        .filter(problem -> problem.level() == level)
        .count();
  }

  /** All in one sentence. */
  public String summary() {
    long tables = sinks.stream().mapToLong(sink -> sink.tables().size()).sum();
    long bad = count(Level.BAD);
    long warnings = count(Level.WARNING);
    List<String> troubles = new ArrayList<>();
    if (bad > 0) {
      troubles.add(Figures.counted(bad, "problem"));
    }
    if (warnings > 0) {
      troubles.add(Figures.counted(warnings, "warning"));
    }
    return Figures.counted(sinks.size(), "sink")
        + ", "
        + Figures.counted(tables, "table")
        + ": "
        + (troubles.isEmpty() ? "no problem" : String.join(", ", troubles))
        + ".";
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.status;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.spi.TableStatus;
import io.lakehousecdc.status.StatusReport.Cell;
import io.lakehousecdc.status.StatusReport.Level;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** The figures of a table as people read them. Stateless. */
final class Figures {
  /** Key of the figure that has a trend. */
  static final String BEHIND = "behind";

  /** Stands for what is not known, or has not happened. */
  static final String NONE = "–";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Figures() {}

  /**
   * The figures of a table.
   *
   * @param rate changes a second; empty where not known
   * @param nowMillis time of the report
   */
  static List<Cell> cells(TableStatus table, OptionalDouble rate, long nowMillis) {
    TableStatus.Counts counts = table.counts();
    TableStatus.Applied applied = table.applied();
    boolean hasTime = applied != null && applied.sourceMicros() > 0;
    return List.of(
        new Cell(
            BEHIND,
            "Behind source",
            hasTime ? duration(Diagnosis.lagMillis(table)) : NONE,
            level(table, hasTime)),
        neutral("source", "Source commit", hasTime ? ago(applied.sourceMicros(), nowMillis) : NONE),
        new Cell(
            "commit",
            "Last commit",
            ago(table.committedMicros(), nowMillis),
            table.isFailing() ? Level.BAD : Level.NEUTRAL),
        neutral("rate", "Changes/s", rate.isEmpty() ? NONE : decimal(rate.getAsDouble())),
        neutral("inserted", "Inserted", number(counts.inserted())),
        neutral("updated", "Updated", number(counts.updated())),
        neutral("deleted", "Deleted", number(counts.deleted())),
        neutral("skipped", "Skipped", skipped(table)),
        new Cell(
            "rejected",
            "Rejected",
            number(counts.rejected()),
            counts.rejected() > 0 ? Level.WARNING : Level.NEUTRAL),
        neutral("snapshot", "Snapshot", ago(table.snapshotMicros(), nowMillis)),
        reconciled(table, nowMillis),
        neutral("position", "Position", applied == null ? NONE : position(applied.position())));
  }

  private static Level level(TableStatus table, boolean hasTime) {
    if (!hasTime || table.isFailing()) {
      return Level.NEUTRAL;
    }
    return Diagnosis.isLate(table) ? Level.WARNING : Level.GOOD;
  }

  private static Cell neutral(String key, String label, String text) {
    return new Cell(key, label, text, Level.NEUTRAL);
  }

  private static String skipped(TableStatus table) {
    return table.skipped().isEmpty()
        ? "0"
        : table.skipped().entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(
                entry ->
                    number(entry.getValue())
                        + " "
                        + entry.getKey().name().toLowerCase(Locale.ROOT).replace('_', ' '))
            .collect(Collectors.joining(", "));
  }

  private static Cell reconciled(TableStatus table, long nowMillis) {
    TableStatus.Reconciled outcome = table.reconciled();
    if (outcome == null) {
      return neutral("reconciled", "Reconciled", NONE);
    }
    String when = ago(outcome.atMicros(), nowMillis);
    return outcome.equal()
        ? new Cell("reconciled", "Reconciled", "equal, " + when, Level.GOOD)
        : new Cell(
            "reconciled",
            "Reconciled",
            number(outcome.differences()) + " differ, " + when,
            Level.BAD);
  }

  /** Epoch, and the LSN of the change as PostgreSQL writes it. */
  private static String position(Position position) {
    long lsn = Math.max(position.commitLsn(), position.lsn());
    return String.format(Locale.ROOT, "%d:%X/%X", position.epoch(), lsn >>> 32, lsn & 0xFFFFFFFFL);
  }

  /** A time in the past; {@link #NONE} where there is none. */
  static String ago(long micros, long nowMillis) {
    return micros == 0 ? NONE : duration(Math.max(0, nowMillis - micros / 1_000)) + " ago";
  }

  /** Length of time in the largest unit that it has. */
  static String duration(long millis) {
    if (millis < 1_000) {
      return millis + " ms";
    }
    if (millis < 10_000) {
      return decimal(millis / 1e3) + " s";
    }
    long seconds = millis / 1_000;
    if (seconds < 120) {
      return seconds + " s";
    }
    if (seconds < 2 * 3_600) {
      return seconds / 60 + " min";
    }
    return seconds < 2 * 86_400 ? seconds / 3_600 + " h" : seconds / 86_400 + " days";
  }

  /** A number of things, such as "1 row" and "2 rows". */
  static String counted(long number, String what) {
    return number(number) + " " + what + (number == 1 ? "" : "s");
  }

  static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private static String decimal(double value) {
    return value >= 10 ? number(Math.round(value)) : String.format(Locale.ROOT, "%.1f", value);
  }

  /** A time as text, in UTC. */
  static String time(long millis) {
    return TIME.format(Instant.ofEpochMilli(millis));
  }
}

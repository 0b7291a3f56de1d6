// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.status;

import io.lakehousecdc.sink.spi.TableStatus;
import io.lakehousecdc.sink.spi.TableStatus.Key;
import io.lakehousecdc.status.StatusReport.Sink;
import io.lakehousecdc.status.StatusReport.Table;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Makes reports of readings, and keeps a few of the last readings: rates and trends need them. Not
 * thread-safe.
 */
final class Reports {
  /** Of a reading every five seconds: five minutes. */
  static final int MOST_READINGS = 60;

  private final Map<Of, Deque<Reading>> readings = new HashMap<>();

  private record Of(String sink, Key key) {}

  private record Reading(long atMillis, long lagMillis, long changes) {}

  /**
   * A report of what has just been read.
   *
   * @param nowMillis time, milliseconds since the epoch
   */
  StatusReport of(List<SinkState> sinks, long nowMillis) {
    List<Sink> reports =
        sinks.stream()
            .sorted(Comparator.comparing(SinkState::name))
            .map(sink -> report(sink, nowMillis))
            .toList();
    // What is not read any more is forgotten.
    readings.values().removeIf(each -> each.getLast().atMillis() != nowMillis);
    return new StatusReport(nowMillis, reports);
  }

  private Sink report(SinkState sink, long nowMillis) {
    List<Table> tables =
        sink.tables().stream()
            .sorted(
                Comparator.comparing((TableStatus table) -> table.key().table().toString())
                    .thenComparing(table -> table.key().topic()))
            .map(table -> table(sink, table, nowMillis))
            .toList();
    return new Sink(sink, Diagnosis.problems(sink), tables);
  }

  private Table table(SinkState sink, TableStatus table, long nowMillis) {
    Deque<Reading> last =
        readings.computeIfAbsent(
            new Of(sink.name(), table.key()), each -> new ArrayDeque<>(MOST_READINGS + 1));
    last.addLast(new Reading(nowMillis, Diagnosis.lagMillis(table), changes(table)));
    if (last.size() > MOST_READINGS) {
      last.removeFirst();
    }
    return new Table(
        table,
        Figures.cells(table, rate(last), nowMillis),
        last.stream().map(Reading::lagMillis).toList());
  }

  private static long changes(TableStatus table) {
    return table.counts().inserted() + table.counts().updated() + table.counts().deleted();
  }

  /** Over the last minute, or what there is of it. */
  private static OptionalDouble rate(Deque<Reading> last) {
    Reading now = last.getLast();
    for (Reading before : last) {
      long millis = now.atMillis() - before.atMillis();
      if (millis > 0 && millis <= 60_000) {
        return OptionalDouble.of(Math.max(0, now.changes() - before.changes()) * 1e3 / millis);
      }
    }
    return OptionalDouble.empty();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.status;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.SkipReason;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.spi.TableStatus;
import io.lakehousecdc.sink.spi.TableStatus.Applied;
import io.lakehousecdc.sink.spi.TableStatus.Counts;
import io.lakehousecdc.sink.spi.TableStatus.Key;
import io.lakehousecdc.sink.spi.TableStatus.Reconciled;
import io.lakehousecdc.sink.spi.TableStatus.Told;
import java.util.List;
import java.util.Map;

/** Sinks in good and bad states, as they are read at {@link #NOW} and in the minutes before. */
enum Example {
  HEALTHY {
    @Override
    List<SinkState> at(long millis) {
      return List.of(
          sink(
              "shop-postgres",
              "postgres",
              List.of(running(0), running(1)),
              table("public.customers", millis, 380, millis / 9),
              table("public.orders", millis, 450, millis / 2),
              new TableStatus(
                  key("public.products"),
                  new Counts(1_250, 311, 4, 1_400, 4, 0),
                  Map.of(SkipReason.SUPERSEDED, 17L),
                  applied(NOW - 7_200_000, 300),
                  (NOW - 7_200_000) * 1_000,
                  null,
                  null,
                  (NOW - 86_400_000) * 1_000,
                  new Reconciled((NOW - 3_600_000) * 1_000, true, 0))),
          sink(
              "shop-delta",
              "delta",
              List.of(running(0)),
              table("public.orders", millis, 5_200, millis / 2)));
    }
  },
  LAGGING {
    @Override
    List<SinkState> at(long millis) {
      return List.of(
          sink(
              "shop-postgres",
              "postgres",
              List.of(running(0)),
              table("public.customers", millis, 420, millis / 9),
              table("public.orders", millis, 95_000 + (millis - NOW) / 4, millis / 30)
                  .plus(
                      new TableStatus(
                          key("public.orders"),
                          Counts.NONE,
                          Map.of(SkipReason.OLDER_HISTORY, 3L, SkipReason.SUPERSEDED, 120L),
                          null,
                          0,
                          null,
                          null,
                          0,
                          null))
                  .rejected(
                      new Told(
                          "topic shop.public.orders, partition 0, offset 8812: column amount cannot"
                              + " hold the value.",
                          (NOW - 60_000) * 1_000))));
    }
  },
  FAILED {
    @Override
    List<SinkState> at(long millis) {
      return List.of(
          sink(
              "shop-postgres",
              "postgres",
              List.of(
                  running(0),
                  SinkState.Task.of(
                      1,
                      "FAILED",
                      "10.0.0.12:8083",
                      """
                      org.apache.kafka.connect.errors.ConnectException: Exiting WorkerSinkTask
                      \tat org.apache.kafka.connect.runtime.WorkerSinkTask.deliver(X.java:1)
                      Caused by: io.lakehousecdc.sink.error.FatalException: Table public.orders \
                      needs [add column discount], but schema.evolution is none. Add it, then \
                      restart the task.
                      """,
                      false)),
              table("public.customers", millis, 420, millis / 9),
              table("public.orders", NOW - 900_000, 480, millis / 9_000)
                  .failed(
                      new Told(
                          "Table public.orders needs [add column discount], but schema.evolution"
                              + " is none.",
                          (NOW - 880_000) * 1_000))),
          new SinkState(
              "lake <b>&\"archive\"",
              "",
              "RUNNING",
              List.of(running(0)),
              "this worker has no config provider that fills in the setting delta.s3.secret.key.",
              List.of()));
    }
  };

  static final long NOW = 1_795_824_000_000L;

  /** What is read at a time. */
  abstract List<SinkState> at(long millis);

  /** A report after some readings, five seconds apart. */
  StatusReport report(int readings) {
    Reports reports = new Reports();
    for (int i = readings - 1; i > 0; i--) {
      reports.of(at(NOW - i * 5_000L), NOW - i * 5_000L);
    }
    return reports.of(at(NOW), NOW);
  }

  private static SinkState sink(
      String name, String warehouse, List<SinkState.Task> tasks, TableStatus... tables) {
    return new SinkState(name, warehouse, "RUNNING", tasks, null, List.of(tables));
  }

  private static SinkState.Task running(int id) {
    return new SinkState.Task(id, "RUNNING", "10.0.0.11:8083", null);
  }

  static Key key(String table) {
    int dot = table.indexOf('.');
    return new Key("shop." + table, new TableId(table.substring(0, dot), table.substring(dot + 1)));
  }

  private static Applied applied(long millis, long lagMillis) {
    return new Applied(
        new Position(0, 0x1_6B37_4D84L, 0x1_6B37_4E00L),
        (millis - lagMillis) * 1_000,
        millis * 1_000);
  }

  /** A table that was written at a time. */
  private static TableStatus table(String name, long millis, long lagMillis, long changes) {
    long wave = lagMillis + (millis / 5_000 % 7) * lagMillis / 20;
    return new TableStatus(
        key(name),
        new Counts(changes % 10_000_000, changes % 999_983, changes % 9_973, changes, 7, 0),
        Map.of(),
        applied(millis - 800, wave),
        (millis - 800) * 1_000,
        null,
        null,
        (NOW - 86_400_000) * 1_000,
        null);
  }
}

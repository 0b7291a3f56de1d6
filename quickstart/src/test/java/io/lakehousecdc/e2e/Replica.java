// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.ConnectRest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A sink and the warehouse that it writes to. */
final class Replica {
  final Warehouse warehouse;
  final Map<String, String> settings = new HashMap<>();
  private final String sinkName;

  /**
   * @param sinkName name of the connector
   */
  Replica(String sinkName, Warehouse warehouse, String topics) {
    this.sinkName = sinkName;
    this.warehouse = warehouse;
    settings.put("connector.class", "io.lakehousecdc.sink.LakehouseSinkConnector");
    settings.put("tasks.max", "1");
    settings.put("topics.regex", topics);
    settings.put("consumer.override.metadata.max.age.ms", "1000");
    // The partitions of a killed worker are reassigned soon.
    settings.put("consumer.override.session.timeout.ms", "10000");
    settings.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
    settings.put("value.converter.replace.null.with.default", "false");
    settings.put("flush.interval.ms", "100");
    settings.putAll(warehouse.settings());
  }

  String sinkName() {
    return sinkName;
  }

  void register() {
    connect().register(sinkName, settings);
  }

  /** Changes the settings of a sink that was registered. */
  void configure() {
    connect().configure(sinkName, settings);
  }

  void awaitRunning() {
    connect().awaitRunning(sinkName);
  }

  /** Deletes the connector, if it was registered. */
  void delete() {
    if (connect().call("GET", "/connectors", null).toString().contains('"' + sinkName + '"')) {
      connect().delete(sinkName);
    }
  }

  /** How many times LSNs have started over for the sink's tasks, since they started. */
  long epochs() {
    return counted("epochs");
  }

  /** How many rows the sink's tasks have inserted or updated since they started. */
  long rowsUpserted() {
    return counted("rows_upserted");
  }

  private long counted(String what) {
    return (long)
        Exposition.of(Lab.stack().worker().metrics())
            .sum("lakehousecdc_sink_" + what + "_total", "connector=\"" + sinkName + "\"");
  }

  /** Waits until the table equals the source's, in all columns of the source. */
  void awaitEqual(SourceTable table) {
    awaitEqual(table, table.columns());
  }

  /** The same for some columns. */
  void awaitEqual(SourceTable table, List<String> columns) {
    awaitTable(table.name());
    List<List<String>> expected = table.rows(columns);
    Await.untilEquals(
        expected, () -> table.asWritten(warehouse.rows(table.name(), columns), columns));
  }

  /** Waits until the table holds these rows, as the warehouse writes them. */
  void awaitRows(String table, List<String> columns, List<List<String>> expected) {
    awaitTable(table);
    List<List<String>> sorted = Texts.sorted(expected);
    Await.untilEquals(sorted, () -> Texts.sorted(warehouse.rows(table, columns)));
  }

  /** Asserts that the table holds these rows now. */
  void assertRows(String table, List<String> columns, List<List<String>> expected) {
    assertEquals(Texts.sorted(expected), Texts.sorted(warehouse.rows(table, columns)));
  }

  /** Waits until the sink's tasks have logged a line with all of these texts. */
  void awaitLogged(String... texts) {
    Await.until(
        "log of %s has %s".formatted(sinkName, List.of(texts)),
        () -> Lab.stack().worker().logs().lines().anyMatch(line -> isOurs(line, texts)));
  }

  /** The lines that the sink's tasks have logged. */
  String logged() {
    return Lab.stack()
        .worker()
        .logs()
        .lines()
        .filter(line -> isOurs(line))
        .collect(Collectors.joining("\n"));
  }

  /** Threads of a task and of its writer have the connector's name and the task's number. */
  private boolean isOurs(String line, String... texts) {
    return line.contains("-" + sinkName + "-") && List.of(texts).stream().allMatch(line::contains);
  }

  private void awaitTable(String table) {
    Await.until("table " + table, () -> warehouse.has(table));
  }

  private static ConnectRest connect() {
    return Lab.stack().connect();
  }
}

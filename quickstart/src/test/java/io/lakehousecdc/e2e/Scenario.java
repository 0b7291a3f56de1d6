package io.lakehousecdc.e2e;

import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.ConnectRest;
import io.lakehousecdc.testkit.DebeziumSource;
import io.lakehousecdc.testkit.PostgresDatabase;
import io.lakehousecdc.testkit.Stack;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A source database, the stock Debezium connector, this sink and a PostgreSQL warehouse. Databases
 * and connectors have names of their own, so that scenarios do not meet.
 */
final class Scenario implements AutoCloseable {
  private static final AtomicInteger NUMBER = new AtomicInteger();

  final PostgresDatabase source;
  final PostgresDatabase warehouse;
  final String name;
  final Map<String, String> sourceSettings;
  final Map<String, String> sinkSettings;
  private final Stack stack = Lab.stack();

  /**
   * @param name lower case letters and digits; a number is added, so that a test can run twice
   * @param ddl statements that make the source's tables, before the connector starts
   */
  Scenario(String name, String... ddl) {
    this.name = name + "_" + NUMBER.incrementAndGet();
    source = stack.source().createDatabase(this.name);
    warehouse = stack.target().createDatabase(this.name + "_dwh");
    source.execute(ddl);
    sourceSettings = new HashMap<>(DebeziumSource.configuration(source, this.name, "public\\..*"));
    sourceSettings.put("skipped.operations", "none");
    sourceSettings.put("key.converter.replace.null.with.default", "false");
    sourceSettings.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
    sourceSettings.put("value.converter.replace.null.with.default", "false");
    sinkSettings = new HashMap<>();
    sinkSettings.put("connector.class", "io.lakehousecdc.sink.LakehouseSinkConnector");
    sinkSettings.put("tasks.max", "1");
    sinkSettings.put("topics.regex", this.name + "\\.public\\..*");
    sinkSettings.put("consumer.override.metadata.max.age.ms", "1000");
    sinkSettings.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
    sinkSettings.put("value.converter.replace.null.with.default", "false");
    sinkSettings.put("target", "postgres");
    sinkSettings.put("postgres.url", warehouse.jdbcUrl());
    sinkSettings.put("postgres.user", warehouse.user());
    sinkSettings.put("postgres.password", warehouse.password());
    sinkSettings.put("flush.interval.ms", "100");
  }

  Scenario source(Consumer<Map<String, String>> change) {
    change.accept(sourceSettings);
    return this;
  }

  Scenario sink(Consumer<Map<String, String>> change) {
    change.accept(sinkSettings);
    return this;
  }

  /** Registers both connectors and waits until their tasks run. */
  Scenario start() {
    startSource();
    connect().register(sinkName(), sinkSettings);
    connect().awaitRunning(sinkName());
    return this;
  }

  void startSource() {
    connect().register(sourceName(), sourceSettings);
    connect().awaitRunning(sourceName());
  }

  ConnectRest connect() {
    return stack.connect();
  }

  String sourceName() {
    return name + "-source";
  }

  String sinkName() {
    return name + "-sink";
  }

  /** Waits until the warehouse's table holds what the source's holds, column by column. */
  void awaitEqual(String table) {
    String columns =
        source
            .rows(
                "select quote_ident(column_name) from information_schema.columns where"
                    + " table_schema = 'public' and table_name = '"
                    + table
                    + "' order by ordinal_position")
            .stream()
            .map(row -> row.get(0) + "::text")
            .collect(Collectors.joining(", "));
    awaitEqual(table, columns);
  }

  /** The same for some columns (expressions over them included). */
  void awaitEqual(String table, String columns) {
    String query = "select " + columns + " from public." + table + " order by 1";
    Await.until("table " + table + " in the warehouse", () -> hasTable(table));
    Await.untilEquals(source.rows(query), () -> warehouse.rows(query));
  }

  /** Waits until the warehouse's table has as many rows. */
  void awaitCount(String table, long count) {
    Await.until(
        count + " rows in " + table,
        () -> hasTable(table) && warehouse.number("select count(*) from public." + table) == count);
  }

  List<List<Object>> stored(String query) {
    return warehouse.rows(query);
  }

  private boolean hasTable(String table) {
    return warehouse.value("select to_regclass('public." + table + "')::text") != null;
  }

  @Override
  public void close() {
    if (connect().call("GET", "/connectors", null).toString().contains(sinkName())) {
      connect().delete(sinkName());
    }
    connect().delete(sourceName());
    Await.until(
        "slot of " + name + " released",
        () ->
            source.number(
                    "select count(*) from pg_replication_slots where active and slot_name = '"
                        + name
                        + "'")
                == 0);
    source.execute(
        "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = '"
            + name
            + "'");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.ConnectRest;
import io.lakehousecdc.testkit.DebeziumSource;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A source database, the stock Debezium connector, and copies in every kind of target, fed from the
 * same topics. Databases and connectors have names of their own, so that scenarios are independent.
 */
final class Scenario implements AutoCloseable {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final int SEGMENTS = 8;

  final PostgresDatabase source;
  final String name;
  final Map<String, String> sourceSettings;
  private final List<Replicas> groups = new ArrayList<>();
  private final Set<String> sources = new LinkedHashSet<>();

  /**
   * @param name lower case letters and digits; a number is added, so that a test can run twice
   * @param ddl statements that make the source's tables, before the connector starts
   */
  Scenario(String name, String... ddl) {
    this.name = name + "_" + NUMBER.incrementAndGet();
    source = Lab.stack().source().createDatabase(this.name);
    source.execute(ddl);
    sourceSettings = new HashMap<>(DebeziumSource.configuration(source, this.name, "public\\..*"));
    sourceSettings.put("skipped.operations", "none");
    sourceSettings.put("key.converter.replace.null.with.default", "false");
    sourceSettings.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
    sourceSettings.put("value.converter.replace.null.with.default", "false");
  }

  /** Sets a setting of the source connector; to be called before it starts. */
  Scenario set(String key, String value) {
    sourceSettings.put(key, value);
    return this;
  }

  /**
   * Points the source connector at another database, with a slot and a publication of this name; to
   * be called before it starts.
   */
  Scenario readFrom(PostgresDatabase database, String slot) {
    return set("database.hostname", database.host())
        .set("database.port", "" + database.port())
        .set("database.dbname", database.name())
        .set("slot.name", slot)
        .set("publication.name", slot);
  }

  /** Moves the source's LSNs by some segments: far above those of any new cluster. */
  void advanceLsns() {
    for (int i = 0; i < SEGMENTS; i++) {
      // A switch does nothing where the segment is still empty.
      source.execute("select pg_create_restore_point('advance')", "select pg_switch_wal()");
    }
  }

  /** Waits until a source connector reads a slot. */
  static void awaitStreaming(PostgresDatabase database, String slot) {
    Await.until(
        "the stream of slot " + slot,
        () ->
            database.number(
                    "select count(*) from pg_replication_slots where active and slot_name = '%s'"
                        .formatted(slot))
                == 1);
  }

  /** Copies of all tables; their names, after the scenario's, must differ. */
  Replicas replicas(String what) {
    return replicas(what, name + "\\.public\\..*");
  }

  /** Copies of the tables whose topics match. */
  Replicas replicas(String what, String topics) {
    Replicas replicas = new Replicas(source, name + "_" + what, topics);
    groups.add(replicas);
    return replicas;
  }

  /** Registers all connectors and waits until their tasks run. */
  Scenario start() {
    registerSource(name);
    groups.forEach(group -> group.all().forEach(Replica::register));
    connect().awaitRunning(name);
    groups.forEach(group -> group.all().forEach(Replica::awaitRunning));
    return this;
  }

  /** Creates a source connector of this name, which may differ from the scenario's. */
  void registerSource(String connector) {
    sources.add(connector);
    connect().register(connector, sourceSettings);
  }

  /** Deletes a source connector, and the slot as soon as it is free. */
  void deleteSource(String connector) {
    connect().delete(connector);
    sources.remove(connector);
    dropSlot();
  }

  /** Name of the source connector, its slot and its publication. */
  String sourceName() {
    return name;
  }

  /** Topic of a table of the schema {@code public}. */
  String topic(String table) {
    return name + ".public." + table;
  }

  static ConnectRest connect() {
    return Lab.stack().connect();
  }

  @Override
  public void close() {
    groups.forEach(Replicas::delete);
    sources.forEach(connect()::delete);
    dropSlot();
  }

  private void dropSlot() {
    String slot = " from pg_replication_slots where slot_name = '" + name + "'";
    Await.until(
        "slot " + name + " released",
        () -> source.number("select count(*)" + slot + " and active") == 0);
    source.execute("select pg_drop_replication_slot(slot_name)" + slot);
  }
}

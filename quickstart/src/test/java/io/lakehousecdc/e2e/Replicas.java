// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.testkit.PostgresDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.function.Executable;

/**
 * The copies of one source, one in each kind of target, each with a sink of its own. Assertions
 * apply to all of them; a failure names its targets.
 */
final class Replicas {
  private final PostgresDatabase source;
  private final PostgresWarehouse postgres;
  private final String name;
  private final String topics;
  private final List<Replica> all;

  /**
   * @param name prefix of the sinks' names
   * @param topics regular expression
   */
  Replicas(PostgresDatabase source, String name, String topics) {
    this.source = source;
    this.postgres = PostgresWarehouse.create(name);
    this.name = name;
    this.topics = topics;
    this.all =
        new ArrayList<>(
            List.of(
                new Replica(name + "-postgres", postgres, topics),
                new Replica(name + "-delta", DeltaWarehouse.create(), topics)));
  }

  /** Adds copies that keep versions of rows, whose current ones have to be the source's rows. */
  Replicas withVersions() {
    all.add(
        new Replica(
            name + "-postgres-history",
            new CurrentVersions(PostgresWarehouse.create(name + "_history")),
            topics));
    all.add(
        new Replica(name + "-delta-history", new CurrentVersions(DeltaWarehouse.create()), topics));
    return this;
  }

  /** Sets a setting of all sinks; to be called before they start. */
  Replicas set(String key, String value) {
    all.forEach(replica -> replica.settings.put(key, value));
    return this;
  }

  /** Gives each sink a queue for records that it rejects; to be called before they start. */
  Replicas withQueues() {
    all.forEach(
        replica -> {
          replica.settings.put("errors.tolerance", "all");
          replica.settings.put("errors.deadletterqueue.topic.name", queue(replica));
          replica.settings.put("errors.deadletterqueue.topic.replication.factor", "1");
        });
    return this;
  }

  /** Asserts that no sink has rejected a record. */
  void assertNoneRejected() {
    each(
        "rejected records",
        replica -> assertEquals(0, Lab.stack().kafka().client().count(queue(replica))));
  }

  /** Asserts that no sink has rejected a record, or taken LSNs for some that have started over. */
  void assertUndisturbed() {
    assertNoneRejected();
    each("epochs", replica -> assertEquals(0, replica.epochs()));
  }

  List<Replica> all() {
    return all;
  }

  /** The database of the PostgreSQL copy, for tables and constraints of its own. */
  PostgresDatabase postgres() {
    return postgres.database();
  }

  Replica inPostgres() {
    return all.get(0);
  }

  Replica inDelta() {
    return all.get(1);
  }

  void start() {
    all.forEach(Replica::register);
    all.forEach(Replica::awaitRunning);
  }

  void delete() {
    all.forEach(Replica::delete);
  }

  /** Waits until the tables equal the source's, in all columns of the source. */
  void awaitEqual(String... tables) {
    for (String name : tables) {
      awaitEqual(name, new SourceTable(source, name).columns());
    }
  }

  /** The same for some columns. */
  void awaitEqual(String table, List<String> columns) {
    SourceTable expected = new SourceTable(source, table);
    each("table " + table, replica -> replica.awaitEqual(expected, columns));
  }

  /** Waits until the tables equal those of another database, in all its columns. */
  void awaitEqual(PostgresDatabase other, String... tables) {
    for (String name : tables) {
      SourceTable expected = new SourceTable(other, name);
      each("table " + name, replica -> replica.awaitEqual(expected));
    }
  }

  /** Waits until a table holds these rows, as the warehouses write them. */
  void awaitRows(String table, List<String> columns, List<List<String>> expected) {
    each("table " + table, replica -> replica.awaitRows(table, columns, expected));
  }

  /** Runs an action with each copy, also after the failure of one. */
  void each(String what, Consumer<Replica> assertion) {
    assertAll(all.stream().map(replica -> named(what, replica, assertion)));
  }

  private static String queue(Replica replica) {
    return "dlq." + replica.sinkName();
  }

  private static Executable named(String what, Replica replica, Consumer<Replica> assertion) {
    return () -> {
      try {
        assertion.accept(replica);
      } catch (AssertionError e) {
        throw new AssertionError(
            "target %s, %s: %s".formatted(replica.warehouse.kind(), what, e.getMessage()), e);
      }
    };
  }
}

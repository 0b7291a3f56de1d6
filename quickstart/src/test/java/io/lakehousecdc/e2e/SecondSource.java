// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.PostgresDatabase;
import io.lakehousecdc.testkit.PostgresServer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A second source of a scenario's tables: a new server with a source connector and a topic prefix
 * of its own, but the same database name. Its LSNs are below the first's once that has advanced.
 */
final class SecondSource implements AutoCloseable {
  private final Scenario first;
  private final PostgresServer server = PostgresServer.builder().name("second").start();
  private final PostgresDatabase database;
  private boolean replicates;
  private boolean registered;

  /**
   * @param ddl statements that make its tables
   */
  SecondSource(Scenario first, String... ddl) {
    this.first = first;
    database = server.createDatabase(first.source.name());
    database.execute(ddl);
  }

  PostgresDatabase database() {
    return database;
  }

  /** Name of its connector, and its topic prefix. */
  String name() {
    return first.name + "_second";
  }

  /** Begins to fill its tables from the first source, as before a blue-green switch-over. */
  void replicate() {
    first.source.execute("create publication to_second for all tables");
    database.execute(
        "create subscription %s connection 'host=%s port=%d dbname=%s user=%s password=%s' publication to_second"
            .formatted(
                name(),
                first.source.host(),
                first.source.port(),
                first.source.name(),
                first.source.user(),
                first.source.password()));
    replicates = true;
  }

  /** Ends the replication once these tables are equal. */
  void switchOver(String... tables) {
    for (String table : tables) {
      SourceTable before = new SourceTable(first.source, table);
      List<String> columns = before.columns();
      SourceTable after = new SourceTable(database, table);
      Await.untilEquals(before.rows(columns), () -> after.rows(columns));
    }
    endReplication();
  }

  /** Starts its connector, with the settings of the first, and waits until it reads the stream. */
  void register() {
    Map<String, String> settings = new HashMap<>(first.sourceSettings);
    settings.put("topic.prefix", name());
    settings.put("database.port", "" + database.port());
    Scenario.connect().register(name(), settings);
    registered = true;
    Scenario.awaitStreaming(database, settings.get("slot.name"));
  }

  private void endReplication() {
    database.execute("drop subscription " + name());
    replicates = false;
  }

  @Override
  public void close() {
    if (registered) {
      Scenario.connect().delete(name());
    }
    if (replicates) {
      endReplication();
    }
    server.close();
  }
}

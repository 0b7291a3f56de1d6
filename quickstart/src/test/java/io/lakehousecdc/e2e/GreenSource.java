// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.PostgresDatabase;
import io.lakehousecdc.testkit.PostgresServer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The second side of a blue-green deployment: a new server that PostgreSQL's logical replication
 * fills from a scenario's source until the switch-over, with a source connector and a topic prefix
 * of its own. Its LSNs are far below blue's.
 */
final class GreenSource implements AutoCloseable {
  private final Scenario blue;
  private final PostgresServer server = PostgresServer.builder().name("green").start();
  private final PostgresDatabase database;
  private boolean replicates;
  private boolean registered;

  /**
   * Begins to copy all tables.
   *
   * @param ddl statements that make them
   */
  GreenSource(Scenario blue, String... ddl) {
    this.blue = blue;
    database = server.createDatabase(blue.source.name());
    database.execute(ddl);
    blue.source.execute("create publication to_green for all tables");
    database.execute(
        "create subscription %s connection 'host=%s port=%d dbname=%s user=%s password=%s' publication to_green"
            .formatted(
                name(),
                blue.source.host(),
                blue.source.port(),
                blue.source.name(),
                blue.source.user(),
                blue.source.password()));
    replicates = true;
  }

  PostgresDatabase database() {
    return database;
  }

  /** Topic prefix of its events. */
  String name() {
    return blue.name + "_green";
  }

  /** Starts its source connector, and waits until that reads the stream. */
  void register() {
    Map<String, String> settings = new HashMap<>(blue.sourceSettings);
    settings.put("topic.prefix", name());
    settings.put("database.port", "" + database.port());
    Scenario.connect().register(name(), settings);
    registered = true;
    Scenario.awaitStreaming(database, settings.get("slot.name"));
  }

  /** Ends the replication from blue once these tables are equal. */
  void switchOver(String... tables) {
    for (String table : tables) {
      SourceTable before = new SourceTable(blue.source, table);
      List<String> columns = before.columns();
      SourceTable after = new SourceTable(database, table);
      Await.untilEquals(before.rows(columns), () -> after.rows(columns));
    }
    cut();
  }

  private void cut() {
    database.execute("drop subscription " + name());
    replicates = false;
  }

  @Override
  public void close() {
    if (registered) {
      Scenario.connect().delete(name());
    }
    if (replicates) {
      cut();
    }
    server.close();
  }
}

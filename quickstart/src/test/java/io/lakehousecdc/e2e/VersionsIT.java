// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Versions of rows (slowly changing dimension, type 2) under a load, while the worker and the
 * target are killed. What they have to be is computed by SQL from a log of the same topics.
 */
class VersionsIT {
  private static final List<String> COLUMNS =
      List.of("id", "v", "n", "valid_from", "valid_to", "is_current");

  /** Of each key and transaction the last change; a version ends where the next change is. */
  private static final String EXPECTED =
      """
      create view versions as
      with last as (
        select distinct on (id, _cdc_commit_lsn, _cdc_ts) *
        from load order by id, _cdc_commit_lsn, _cdc_ts, _cdc_lsn desc),
      followed as (
        select *, lead(_cdc_ts) over (partition by id order by _cdc_commit_lsn, _cdc_lsn) as next
        from last)
      select id, v, n, _cdc_ts as valid_from, next as valid_to, next is null as is_current
      from followed where not _cdc_deleted
      """;

  private final Scenario shop =
      new Scenario("versions", Load.TABLE)
          .set("topic.creation.default.partitions", "4")
          .set("topic.creation.default.replication.factor", "1");
  private final Replicas copies = shop.replicas("copies").set("write.mode", "history");
  private final PostgresWarehouse log = PostgresWarehouse.create(shop.name + "_log");
  private final Replica logger = new Replica(shop.name + "-log", log, shop.topic("load"));

  @AfterEach
  void end() {
    logger.delete();
    shop.close();
  }

  @Test
  void killsLeaveEveryVersionAsTheLogSays() {
    logger.settings.put("write.mode", "append");
    copies.set("tasks.max", "2");
    copies.inPostgres().settings.put("postgres.history.current.view", "true");
    shop.start();
    logger.register();
    try (Load load = new Load(shop.source, 1)) {
      awaitProgress(load);
      Lab.stack().worker().kill9();
      awaitProgress(load);
      Lab.stack().worker().restart();
      awaitRunning();
      awaitProgress(load);
      Lab.stack().target().kill9();
      Lab.stack().target().restart();
      awaitProgress(load);
      copies.postgres().terminateSessions();
      awaitProgress(load);
    }
    awaitRunning();
    SourceTable source = new SourceTable(shop.source, "load");
    awaitComplete(log.database(), source);
    SourceTable expected = new SourceTable(log.database(), "versions");
    copies.each(
        "versions",
        replica ->
            Await.untilEquals(
                expected.rows(COLUMNS),
                () -> expected.asWritten(replica.warehouse.rows("load", COLUMNS), COLUMNS)));
    List<String> columns = source.columns();
    Await.untilEquals(
        source.rows(columns),
        () ->
            source.asWritten(
                new PostgresWarehouse(copies.postgres()).rows("load_current", columns), columns));
  }

  private void awaitRunning() {
    copies.all().forEach(Replica::awaitRunning);
    logger.awaitRunning();
  }

  /** Waits until the log's last changes are the rows of the source. */
  private static void awaitComplete(PostgresDatabase log, SourceTable source) {
    log.execute(EXPECTED, "create view newest as select id, v, n from versions where is_current");
    List<String> columns = source.columns();
    SourceTable newest = new SourceTable(log, "newest");
    Await.untilEquals(source.rows(columns), () -> newest.rows(columns));
  }

  private static void awaitProgress(Load load) {
    long goal = load.statements() + 700;
    Await.until(goal + " statements", () -> load.statements() >= goal);
  }
}

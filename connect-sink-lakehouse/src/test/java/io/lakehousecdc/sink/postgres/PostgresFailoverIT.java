// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import static io.lakehousecdc.sink.spi.Batches.optional;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.TargetSettings;
import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.PostgresDatabase;
import io.lakehousecdc.testkit.PostgresServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A server that goes down, and a standby that takes its place: every failure may be retried, and
 * the commit arrives, once.
 */
class PostgresFailoverIT {
  private static final TableId ITEMS = new TableId("public", "items");

  private final PostgresServer primary = PostgresServer.builder().name("primary").start();
  private final PostgresDatabase database = primary.database();

  @AfterEach
  void close() {
    primary.close();
  }

  @Test
  void commitWaitsForAServerThatWasStoppedAtOnce() {
    try (Target target = open(settings(database.jdbcUrl()))) {
      PartitionOwner owner = PartitionOwner.of(target, new SourcePartition("topic", 0));
      owner.commit(item(1, "before"));
      Commit next = owner.prepare(item(2, "after"));
      primary.stop();
      for (int attempt = 0; attempt < 3; attempt++) {
        assertThrows(RetriableException.class, () -> owner.commit(next));
      }
      primary.restart();
      owner.commit(next);
      assertEquals(
          List.of(List.of(1, "before"), List.of(2, "after")),
          database.rows("select id, v from items order by id"));
    }
  }

  @Test
  void commitGoesToThePromotedStandby() {
    try (PostgresServer standby = primary.standby();
        Target target = open(settings(urlOf(primary, standby)))) {
      PartitionOwner owner = PartitionOwner.of(target, new SourcePartition("topic", 0));
      owner.commit(item(1, "before"));
      PostgresDatabase promoted = standby.database(database.name());
      Await.until(
          "the standby has the first row",
          () -> promoted.number("select count(*) from items") == 1);
      Commit next = owner.prepare(item(2, "after"));
      primary.stop();
      assertThrows(RetriableException.class, () -> owner.commit(next));
      standby.promote();
      commitWithRetries(owner, next);
      assertEquals(
          List.of(List.of(1, "before"), List.of(2, "after")),
          promoted.rows("select id, v from items order by id"));
      assertEquals(2, promoted.number("select sum(next_offset) from _cdc_offsets"));
    }
  }

  @Test
  void standbyBeforeThePrimaryInTheUrlIsPassedOver() {
    try (PostgresServer standby = primary.standby()) {
      TargetSettings settings = settings(urlOf(standby, primary));
      assertEquals(List.of(), new PostgresTargetFactory().validate(settings));
      try (Target target = open(settings)) {
        PartitionOwner.of(target, new SourcePartition("topic", 0)).commit(item(1, "v"));
      }
      assertEquals(1, database.number("select count(*) from items"));
    }
  }

  @Test
  void sessionThatStaysOnADemotedServerIsLeft() {
    try (PostgresServer standby = primary.standby();
        Target target = open(settings(urlOf(primary, standby)))) {
      PartitionOwner owner = PartitionOwner.of(target, new SourcePartition("topic", 0));
      owner.commit(item(1, "before"));
      PostgresDatabase promoted = standby.database(database.name());
      Await.until(
          "the standby has the first row",
          () -> promoted.number("select count(*) from items") == 1);
      Commit next = owner.prepare(item(2, "after"));
      standby.promote();
      // Sessions stay connected, as with a proxy in between.
      primary.execute(
          "alter system set default_transaction_read_only = on", "select pg_reload_conf()");
      Await.until(
          "the server is read-only",
          () -> "on".equals(database.value("show default_transaction_read_only")));
      RetriableException refused = assertThrows(RetriableException.class, () -> owner.commit(next));
      assertTrue(refused.getMessage().contains("read-only"), refused::getMessage);
      commitWithRetries(owner, next);
      assertEquals("after", promoted.value("select v from items where id = 2"));
      assertEquals(1, database.number("select count(*) from items"));
    }
  }

  /** As the pipeline does: the same commit until it is taken. */
  private static void commitWithRetries(PartitionOwner owner, Commit commit) {
    Await.until(
        "the commit is taken",
        () -> {
          owner.commit(commit);
          return true;
        });
  }

  private static TableBatch item(int id, String value) {
    return PostgresFixture.row(ITEMS, optional("v", Primitive.TEXT), id, id, value).build();
  }

  private String urlOf(PostgresServer first, PostgresServer second) {
    return "jdbc:postgresql://%s:%d,%s:%d/%s"
        .formatted(first.host(), first.port(), second.host(), second.port(), database.name());
  }

  private TargetSettings settings(String url) {
    return SharedPostgres.settings(
        Map.of(
            "postgres.url", url,
            "postgres.user", database.user(),
            "postgres.password", database.password()),
        TableOptions.DEFAULT);
  }

  private static Target open(TargetSettings settings) {
    return new PostgresTargetFactory().open(settings, new TargetContext("sink", 0));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Batches.optional;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.Sweep.Mode;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.testkit.Await;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sweeps and reports of tables that are too large for the commit's transaction. */
@Timeout(120)
class PostgresBigSweepsIT extends PostgresFixture {
  private static final RowSchema NAMED = keyed(optional("name", Primitive.TEXT));
  private static final Position SNAPSHOT = new Position(0, 100, 0);

  /** Three ranges. */
  private static final int ROWS = 50_000;

  @Test
  void sweepIsDoneInManyTransactionsBesideTheCommits() {
    PartitionOwner owner = owner(patient("0"), 0);
    begin(owner);
    database.execute("create table log (tx text)");
    onDelete("insert into log values (pg_current_xact_id()::text)");
    assertEquals(0, complete(owner, Mode.REMOVE).orphaned(), "the commit did not wait for it");
    assertTrue(owner.state().isPresent());
    awaitWorkDone();
    assertEquals(List.of(1, ROWS + 1), ids());
    assertTrue(database.number("select count(distinct tx) from log") >= 3);
    CommitReceipt next = owner.commit(batch(ITEMS, NAMED).upsert(200, 1, "next").build());
    assertEquals(ROWS - 1, next.orphaned(), "told with the next commit");
  }

  @Test
  void tableIsWrittenWhileItIsSwept() throws Exception {
    Target target = patient("0");
    PartitionOwner owner = owner(target, 0);
    begin(owner);
    try (Connection other = database.connect();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("select * from items where id = 5 for update");
      complete(owner, Mode.REMOVE);
      Await.until(
          "the sweep waits for the row",
          Duration.ofSeconds(30),
          () ->
              database.number(
                      "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                          + " and datname = current_database()")
                  == 1);
      assertEquals(1, target.gauges().get("postgres-maintenance-running").getAsLong());
      CommitReceipt receipt =
          owner.commit(
              batch(ITEMS, NAMED)
                  .upsert(150, 10, "rewritten")
                  .upsert(150, 30_000, "rewritten")
                  .upsert(99, 60_000, "from before the snapshot")
                  .build());
      assertEquals(2, receipt.upserted());
      assertEquals(1, receipt.stale());
    }
    awaitWorkDone();
    assertEquals(List.of(1, 10, 30_000, ROWS + 1), ids());
  }

  @Test
  void sweepThatDiedHalfwayIsFinishedByWhoTakesPartitionsOver() {
    Target dying = patient("0");
    PartitionOwner owner = owner(dying, 0);
    begin(owner);
    onDelete("if old.id > 30000 then raise 'dies here' using errcode = '57P01'; end if");
    complete(owner, Mode.REMOVE);
    Await.until(
        "the first range is swept",
        Duration.ofSeconds(60),
        () -> ids().size() == ROWS + 1 - 19_999);
    dying.close();
    database.execute("drop trigger t on items");
    assertEquals(Set.of(), patient("0").pendingSweeps(Set.of("topic")), "it is decided on");
    PartitionOwner next = owner(patient("0"), 1);
    awaitWorkDone();
    assertEquals(List.of(1, ROWS + 1), ids());
    assertTrue(next.state().isEmpty());
  }

  @Test
  void taskThatStopsEndsItsSweep() throws Exception {
    Target target = patient("0");
    PartitionOwner owner = owner(target, 0);
    begin(owner);
    try (Connection other = database.connect();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("select * from items where id = 5 for update");
      complete(owner, Mode.REMOVE);
      target.close();
    }
    assertEquals(1, database.number("select count(*) from _cdc_sweep_work"));
    Await.until(
        "its session is gone",
        Duration.ofSeconds(30),
        () ->
            database.number(
                    "select count(*) from pg_stat_activity where datname = current_database()"
                        + " and application_name = 'lakehousecdc'")
                == 0);
  }

  @Test
  void orphanedRowsOfABigTableAreCountedBesideTheCommits() {
    PartitionOwner owner = owner(patient("1000000"), 0);
    begin(owner);
    assertEquals(0, complete(owner, Mode.REPORT).orphaned());
    awaitWorkDone();
    assertEquals(ROWS + 1, ids().size());
    assertEquals(ROWS - 1, nextReceipt(owner).orphaned());
  }

  @Test
  void orphanedRowsOfAHugeTableAreEstimatedByASample() {
    PartitionOwner owner = owner(patient("100000"), 0);
    begin(owner);
    complete(owner, Mode.REPORT);
    awaitWorkDone();
    long estimate = nextReceipt(owner).orphaned();
    assertTrue(estimate > ROWS / 4 && estimate < 4 * ROWS, () -> "estimated " + estimate);
    assertFalse(estimate == ROWS - 1, "it was counted");
  }

  @Test
  void tableThatTheSnapshotCreatedIsNotLookedThrough() {
    PartitionOwner owner = owner(patient("0"), 0);
    owner.commit(batch(ITEMS, NAMED).upsert(SNAPSHOT, 1, "a").build());
    refuseWork();
    owner(patient("0"), 1).commit(batch(ITEMS, NAMED).upsert(170, 2, "later").build());
    assertEquals(0, complete(owner, Mode.REPORT).orphaned());
    assertEquals(0, database.number("select count(*) from _cdc_created"), "it is of no use now");
  }

  @Test
  void tableThatTheSnapshotCreatedIsLookedThroughIfAnotherTaskWroteAnOlderRow() {
    PartitionOwner owner = owner(patient("0"), 0);
    PartitionOwner other = owner(patient("0"), 1);
    owner.commit(batch(ITEMS, NAMED).upsert(SNAPSHOT, 1, "a").build());
    other.commit(batch(ITEMS, NAMED).upsert(170, 2, "later").build());
    other.completed(100).commit(batch(ITEMS, NAMED).upsert(99, 3, "orphan").build());
    complete(owner, Mode.REMOVE);
    awaitWorkDone();
    assertEquals(List.of(1, 2, ROWS + 1), ids());
  }

  @Test
  void tableThatWasCreatedAnewByOthersIsLookedThrough() {
    PartitionOwner owner = owner(patient("0"), 0);
    owner.commit(batch(ITEMS, NAMED).upsert(SNAPSHOT, 1, "a").build());
    database.execute(
        "create table copy (like items including all)",
        "insert into copy select * from items",
        "insert into copy values (2, 'restored', 'r', null, 7, 7, 0)",
        "drop table items",
        "alter table copy rename to items");
    complete(owner(patient("0"), 0), Mode.REMOVE);
    awaitWorkDone();
    assertEquals(List.of(1, ROWS + 1), ids());
  }

  @Test
  void statementTimeoutDoesNotEndASweepWithinTheCommit() {
    PartitionOwner owner =
        owner(open(TableOptions.DEFAULT, Map.of("postgres.statement.timeout.ms", "1000")), 0);
    owner.commit(batch(ITEMS, NAMED).upsert(1, 1, "a").build());
    database.execute(
        "insert into items select i, 'row', 'r', null, 50, 50, 0 from generate_series(2, 401) i");
    onDelete("perform pg_sleep(0.005)");
    assertEquals(400, complete(owner, Mode.REMOVE).orphaned());
  }

  /** Rows from before the snapshot. */
  private void begin(PartitionOwner owner) {
    owner.commit(batch(ITEMS, NAMED).upsert(1, 1, "a").build());
    database.execute(
        "insert into items select i, 'row', 'r', null, 50, 50, 0 from generate_series(2, "
            + ROWS
            + ") i");
  }

  /** The snapshot ends; it contains row 1 and a new one. */
  private static CommitReceipt complete(PartitionOwner owner, Mode mode) {
    return owner
        .completed(100)
        .commit(
            batch(ITEMS, NAMED)
                .upsert(SNAPSHOT, 1, "a")
                .upsert(SNAPSHOT, ROWS + 1, "b")
                .sweep("topic", 100, mode)
                .build());
  }

  private static CommitReceipt nextReceipt(PartitionOwner owner) {
    return owner.commit(batch(ITEMS, NAMED).upsert(200, 1, "next").build());
  }

  private void awaitWorkDone() {
    Await.until(
        "no sweep is left",
        Duration.ofSeconds(60),
        () -> database.number("select count(*) from _cdc_sweep_work") == 0);
  }

  private void refuseWork() {
    database.execute(
        "create function f() returns trigger language plpgsql as $$begin raise 'refused'; end$$",
        "create trigger t before insert on _cdc_sweep_work for each row execute function f()");
  }

  private void onDelete(String statement) {
    database.execute(
        "create function f() returns trigger language plpgsql as $$begin "
            + statement
            + "; return old; end$$",
        "create trigger t before delete on items for each row execute function f()");
  }

  private List<Object> ids() {
    return database.rows("select id from items order by id").stream()
        .map(row -> (Object) row.get(0))
        .toList();
  }

  private Target patient(String maintenanceBytes) {
    return open(TableOptions.DEFAULT, Map.of("postgres.maintenance.min.bytes", maintenanceBytes));
  }
}

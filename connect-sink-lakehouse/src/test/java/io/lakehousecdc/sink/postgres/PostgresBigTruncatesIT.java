// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Batches.optional;
import static io.lakehousecdc.sink.spi.Batches.required;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FencedException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import io.lakehousecdc.sink.spi.TableOptions.Evolution;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import io.lakehousecdc.sink.spi.Target;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Truncates of tables that are too large for the commit's transaction. */
class PostgresBigTruncatesIT extends PostgresFixture {
  private static final RowSchema NAMED = keyed(optional("name", Primitive.TEXT));

  /** Three ranges. */
  private static final int ROWS = 50_000;

  @ParameterizedTest
  @ValueSource(strings = {"0", "1000000000"})
  void statementTimeoutDoesNotEndATruncate(String maintenanceBytes) {
    PartitionOwner owner =
        owner(
            open(
                TableOptions.DEFAULT,
                Map.of(
                    "postgres.statement.timeout.ms",
                    "1000",
                    "postgres.maintenance.min.bytes",
                    maintenanceBytes)),
            0);
    owner.commit(batch(ITEMS, NAMED).upsert(1, 1, "a").build());
    fill(400, 100);
    onDelete("perform pg_sleep(0.005)");
    assertEquals(400, owner.commit(batch(ITEMS, NAMED).truncate(200).build()).deleted());
    assertEquals(0, rows());
  }

  @Test
  void truncateIsDoneInManyTransactionsAndKeepsWhatOutlivesIt() {
    PartitionOwner owner = owner(patient(TableOptions.DEFAULT), 0);
    owner.commit(batch(ITEMS, NAMED).upsert(1, 1, "a").build());
    fill(ROWS, 100);
    database.execute(
        "update items set _cdc_lsn = 300, _cdc_commit_lsn = 300 where id % 10000 = 7",
        "create table log (tx text, id int)");
    onDelete("insert into log values (pg_current_xact_id()::text, old.id)");
    CommitReceipt receipt =
        owner.commit(
            batch(ITEMS, NAMED).truncate(200).upsert(201, 10, "new").upsert(10, 11, "old").build());
    assertEquals(ROWS - 5, receipt.deleted());
    assertEquals(1, receipt.upserted());
    assertEquals(1, receipt.stale());
    assertEquals(
        List.of(7, 10, 10_007, 20_007, 30_007, 40_007),
        database.rows("select id from items order by id").stream().map(row -> row.get(0)).toList());
    assertEquals(3, database.number("select count(distinct tx) from log"));
  }

  @Test
  void tableOfWhichNothingIsLeftIsTruncatedByTheServer() {
    PartitionOwner owner = owner(patient(TableOptions.DEFAULT), 0);
    owner.commit(batch(ITEMS, NAMED).upsert(1, 1, "a").build());
    fill(ROWS, 100);
    long file = file();
    CommitReceipt receipt =
        owner.commit(batch(ITEMS, NAMED).truncate(200).upsert(201, 10, "new").build());
    assertNotEquals(file, file());
    assertEquals(ROWS, receipt.deleted());
    assertEquals(List.of(List.of(10, "new")), database.rows("select id, name from items"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "create trigger t after truncate on items execute function noticed()",
        "create trigger t after delete on items for each row execute function noticed()",
        "create publication p for table items",
        "create table children (item int references items on delete cascade)",
        "create rule r as on delete to items do also notify deleted",
        "update items set _cdc_lsn = 300, _cdc_commit_lsn = 300 where id = 3"
      })
  void tableIsNotTruncatedByTheServerWhereADeleteDoesMore(String what) {
    PartitionOwner owner = owner(patient(TableOptions.DEFAULT), 0);
    owner.commit(batch(ITEMS, NAMED).upsert(1, 1, "a").build());
    fill(9, 100);
    database.execute(
        "create function noticed() returns trigger language plpgsql as 'begin return null; end'",
        what);
    long file = file();
    owner.commit(batch(ITEMS, NAMED).truncate(200).build());
    assertEquals(file, file());
    assertEquals(what.startsWith("update") ? 1 : 0, rows());
  }

  @Test
  void tableThatIsBeingReadForLongIsTruncatedNevertheless() throws Exception {
    PartitionOwner owner = owner(patient(TableOptions.DEFAULT), 0);
    owner.commit(batch(ITEMS, NAMED).upsert(1, 1, "a").build());
    fill(9, 100);
    try (var reader = database.connect();
        var statement = reader.createStatement()) {
      reader.setAutoCommit(false);
      statement.execute("select * from items");
      assertEquals(9, owner.commit(batch(ITEMS, NAMED).truncate(200).build()).deleted());
    }
    assertEquals(0, rows());
  }

  @Test
  void truncateThatDiedHalfwayIsFinishedByTheNextOwner() {
    PartitionOwner owner = owner(patient(TableOptions.DEFAULT), 0);
    owner.commit(batch(ITEMS, NAMED).upsert(1, 1, "a").build());
    PartitionOwner other = owner(patient(TableOptions.DEFAULT), 1);
    fill(ROWS, 100);
    onDelete("if old.id > 30000 then raise 'dies here' using errcode = '57P01'; end if");
    assertTrue(failure(owner).madeProgress());
    assertEquals(ROWS - 20_000, rows(), "the first range is gone, and nothing else");
    assertEquals(1, database.number("select next_offset from _cdc_offsets where partition = 0"));

    CommitReceipt late =
        other.commit(batch(ITEMS, NAMED).upsert(199, 5, "late").upsert(200, 6, "at").build());
    assertEquals(1, late.stale(), "a change from before the truncate");

    database.execute("drop trigger t on items");
    PartitionOwner next = owner(patient(TableOptions.DEFAULT), 0);
    assertEquals(ROWS - 20_000, next.commit(batch(ITEMS, NAMED).truncate(200).build()).deleted());
    assertEquals(List.of(List.of(6, "at")), database.rows("select id, name from items"));
  }

  @Test
  void zombieTruncatesNothing() {
    PartitionOwner zombie = owner(patient(TableOptions.DEFAULT), 0);
    zombie.commit(batch(ITEMS, NAMED).upsert(1, 1, "a").build());
    fill(9, 100);
    database.execute("update _cdc_offsets set next_offset = next_offset + 1");
    assertThrows(
        FencedException.class, () -> zombie.commit(batch(ITEMS, NAMED).truncate(200).build()));
    assertEquals(9, rows());
    assertEquals(0, database.number("select count(*) from _cdc_truncates"));
  }

  @Test
  void softDeletesMarkTheRowsOfABigTable() {
    TableOptions soft = options(WriteMode.UPSERT, DeleteMode.SOFT, Evolution.ADDITIVE);
    PartitionOwner owner = owner(patient(soft), 0);
    owner.commit(batch(ITEMS, NAMED).upsert(1, 1, "a").build());
    fill(ROWS, 100);
    assertEquals(ROWS, owner.commit(batch(ITEMS, NAMED).truncate(200).build()).deleted());
    assertEquals(
        List.of(List.of(true, 200L, (long) ROWS)),
        database.rows("select _cdc_deleted, _cdc_lsn, count(*) from items group by 1, 2"));
  }

  @Test
  void keysOfSeveralColumnsAndAnyTextAreTakenRangeByRange() {
    TableId table = new TableId("public", "Named \"things\"");
    RowSchema schema =
        Batches.schema(
            3,
            required("it's", Primitive.TEXT),
            required("n", Primitive.NUMERIC),
            required("at", Primitive.TIMESTAMPTZ),
            optional("v", Primitive.TEXT));
    PartitionOwner owner = owner(patient(TableOptions.DEFAULT), 0);
    owner.commit(
        batch(table, schema)
            .upsert(300, "x", new java.math.BigDecimal("1.5"), 1_000_001L, "stays")
            .build());
    String name = "\"Named \"\"things\"\"\"";
    database.execute(
        "insert into "
            + name
            + " select (array['it''s', E'a\\\\b', 'ü', '', 'Z z'])[1 + i % 5], i / 7.0,"
            + " timestamptz 'epoch' + i * interval '1 microsecond', 'goes', 'r', null, 100, 100, 0"
            + " from generate_series(1, 50000) i");
    assertEquals(50_000, owner.commit(batch(table, schema).truncate(200).build()).deleted());
    assertEquals("stays", database.value("select v from " + name));
  }

  @Test
  void keyThatMayBeNullIsTakenRangeByRangeAndRowsWithoutKeyAtLast() {
    database.execute(
        "create table items (id int, part int, name text, unique (id, part))",
        "create table log (tx text)");
    RowSchema schema =
        Batches.schema(
            2,
            required("id", Primitive.INT32),
            required("part", Primitive.INT32),
            optional("name", Primitive.TEXT));
    PartitionOwner owner = owner(patient(TableOptions.DEFAULT), 0);
    owner.commit(batch(ITEMS, schema).upsert(300, 5, 1, "stays").build());
    database.execute(
        "insert into items (id, part, name, _cdc_lsn, _cdc_commit_lsn, _cdc_epoch)"
            + " select i, i % 3, 'goes', 100, 100, 0 from generate_series(1, 50000) i",
        "insert into items (id, part, name) values (7, null, 'other'), (null, 2, 'other'),"
            + " (null, null, 'other')");
    onDelete("insert into log values (pg_current_xact_id()::text)");
    assertEquals(50_003, owner.commit(batch(ITEMS, schema).truncate(200).build()).deleted());
    assertEquals("stays", database.value("select name from items"));
    assertEquals(4, database.number("select count(distinct tx) from log"));
  }

  @Test
  void truncateIsToldInFigures() {
    Target target = patient(TableOptions.DEFAULT);
    PartitionOwner owner = owner(target, 0);
    owner.commit(batch(ITEMS, NAMED).upsert(300, 1, "a").build());
    fill(9, 100);
    owner.commit(batch(ITEMS, NAMED).truncate(200).build());
    assertEquals(8, target.gauges().get("postgres-maintenance-rows").getAsLong());
    assertEquals(0, target.gauges().get("postgres-maintenance-running").getAsLong());
    assertTrue(rows() > 0);
  }

  /** A target to which every table is big. */
  private Target patient(TableOptions options) {
    return open(options, Map.of("postgres.maintenance.min.bytes", "0"));
  }

  /** Rows up to that id, at a position. */
  private void fill(int rows, long lsn) {
    database.execute(
        "insert into items (id, name, _cdc_op, _cdc_lsn, _cdc_commit_lsn, _cdc_epoch)"
            + " select i, 'row', 'r', "
            + lsn
            + ", "
            + lsn
            + ", 0 from generate_series(1, "
            + rows
            + ") i on conflict (id) do nothing");
  }

  private static RetriableException failure(PartitionOwner owner) {
    return assertThrows(
        RetriableException.class, () -> owner.commit(batch(ITEMS, NAMED).truncate(200).build()));
  }

  private void onDelete(String statement) {
    database.execute(
        "create function f() returns trigger language plpgsql as $$begin "
            + statement
            + "; return old; end$$",
        "create trigger t before delete on items for each row execute function f()");
  }

  private long rows() {
    return database.number("select count(*) from items");
  }

  private long file() {
    return database.number("select pg_relation_filenode('items')::int8");
  }
}

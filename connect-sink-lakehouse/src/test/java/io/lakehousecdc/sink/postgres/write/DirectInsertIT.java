// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Batches.optional;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lakehousecdc.sink.change.LogicalType.Decimal;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.postgres.PostgresFixture;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import io.lakehousecdc.sink.spi.TableOptions.Evolution;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import io.lakehousecdc.sink.spi.Target;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Batches of new rows go straight into their table, and nothing else is different. */
class DirectInsertIT extends PostgresFixture {
  private static final RowSchema NAMED = keyed(optional("name", Primitive.TEXT));

  private final Target target = open();
  private final PartitionOwner owner = owner(target, 0);

  @Test
  void newRowsAreNotStaged() {
    CommitReceipt receipt =
        owner.commit(batch(ITEMS, NAMED).create(1, 2, "b").create(2, 1, null).build());
    assertEquals(2, receipt.upserted());
    assertEquals(
        List.of(List.of("1:-:c:2:0"), List.of("2:b:c:1:0")),
        database.rows(
            "select concat_ws(':', id, coalesce(name, '-'), _cdc_op, _cdc_lsn, _cdc_epoch)"
                + " from items order by id"));
    assertEquals(0, stagingTables(target));
  }

  @Test
  void newRowsAreLiveWhereDeletesAreMarked() {
    Target soft = open(options(WriteMode.UPSERT, DeleteMode.SOFT, Evolution.ADDITIVE));
    owner(soft, 1).commit(batch(ITEMS, NAMED).create(1, 1, "a").build());
    assertEquals(false, database.value("select _cdc_deleted from items"));
    assertEquals(0, stagingTables(soft));
  }

  @Test
  void rowsThatAreStoredAlreadyAreMerged() {
    owner.commit(batch(ITEMS, NAMED).upsert(5, 1, "newer").upsert(2, 2, "older").build());
    CommitReceipt receipt =
        owner.commit(
            batch(ITEMS, NAMED).create(3, 3, "c").create(4, 2, "b").create(4, 1, "a").build());
    assertEquals(2, receipt.upserted());
    assertEquals(1, receipt.stale());
    assertEquals(List.of(List.of("newer"), List.of("b"), List.of("c")), names());
  }

  @Test
  void newRowsAfterARefusedBatchArriveToo() {
    owner.commit(batch(ITEMS, NAMED).create(1, 1, "a").build());
    for (int i = 2; i < 100; i++) {
      owner.commit(batch(ITEMS, NAMED).create(i, i % 10 == 0 ? 1 : i, "a" + i).build());
    }
    assertEquals(90, database.number("select count(*) from items"));
    assertEquals("a90", database.value("select name from items where id = 1"));
  }

  @Test
  void rowsEncodedAheadArriveOnce() {
    owner.commit(batch(ITEMS, NAMED).create(1, 1, "a").build());
    Commit next = owner.prepare(batch(ITEMS, NAMED).create(2, 2, "b").create(3, 3, "c").build());
    target.prepare(next);
    owner.commit(next);
    assertEquals(List.of(List.of("a"), List.of("b"), List.of("c")), names());
    assertEquals(0, stagingTables(target));
  }

  @Test
  void columnsOfAnExistingTableGetWhatAMergeWouldGiveThem() {
    database.execute(
        "create table items (id integer primary key, code varchar(5), flag char(4),"
            + " price numeric(6, 2), twice integer generated always as (id * 2) stored,"
            + " number integer generated always as identity, note text default 'none')");
    RowSchema schema =
        keyed(
            optional("code", Primitive.TEXT),
            optional("flag", Primitive.TEXT),
            optional("price", new Decimal(6, 2)));
    owner.commit(batch(ITEMS, schema).create(1, 1, "abcde", "x", new BigDecimal("1.50")).build());
    assertEquals(0, stagingTables(target));
    owner.commit(batch(ITEMS, schema).upsert(2, 2, "abcde", "x", new BigDecimal("1.50")).build());
    String rest = "code || flag || price || octet_length(flag) || note || (twice - id * 2)";
    assertEquals(1, database.number("select count(distinct " + rest + ") from items"));
    assertEquals(2, database.number("select count(distinct number) from items"));
  }

  @Test
  void aRowThatTheTableRefusesIsNamed() {
    database.execute("create table items (id integer primary key, name text check (name <> 'x'))");
    RecordException refused =
        assertThrows(
            RecordException.class,
            () -> owner.commit(batch(ITEMS, NAMED).create(1, 1, "a").create(2, 2, "x").build()));
    assertEquals(true, refused.getMessage().contains("public.items"), refused.getMessage());
    owner.commit(batch(ITEMS, NAMED).create(1, 1, "a").build());
    assertEquals(List.of(List.of("a")), names());
  }

  @Test
  void parentsAreInsertedBeforeTheirChildren() {
    TableId children = new TableId("public", "a_children");
    RowSchema schema = keyed(optional("item", Primitive.INT32));
    database.execute(
        "create table items (id integer primary key, name text)",
        "create table a_children (id integer primary key, item integer references items)");
    owner.commit(
        batch(children, schema).create(1, 1, 7).build(),
        batch(ITEMS, NAMED).create(2, 7, "a").build());
    assertEquals(7, database.value("select item from a_children"));
    assertEquals(0, stagingTables(target));
  }

  @Test
  void rowsBelowATruncateStayAway() {
    owner.commit(batch(ITEMS, NAMED).create(1, 1, "a").build());
    owner.commit(batch(ITEMS, NAMED).truncate(10).build());
    CommitReceipt receipt =
        owner.commit(batch(ITEMS, NAMED).create(5, 2, "void").create(11, 3, "c").build());
    assertEquals(1, receipt.stale());
    assertEquals(List.of(List.of("c")), names());
  }

  private List<List<Object>> names() {
    return database.rows("select name from items order by id");
  }

  private static long stagingTables(Target target) {
    return target.gauges().get("postgres-staging-tables").getAsLong();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Batches.optional;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Decimal;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.error.TargetException;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.testkit.Await;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes of columns of tables that are too large for the commit's transaction. */
class PostgresBigColumnsIT extends PostgresFixture {
  private static final RowSchema BOTH =
      keyed(optional("a", Primitive.TEXT), optional("b", Primitive.TEXT));
  private static final RowSchema ONLY_B = keyed(optional("b", Primitive.TEXT));

  @Test
  void tableAboveTheLimitIsNotRewritten() {
    commitNumber(owner(Map.of()), Primitive.INT32, 1);
    PartitionOwner owner = owner(Map.of("schema.rewrite.max.bytes", "100"));
    FatalException failure =
        assertThrows(FatalException.class, () -> commitNumber(owner, Primitive.INT64, 2L));
    String statement = "ALTER TABLE \"public\".\"items\" ALTER COLUMN \"n\" TYPE bigint";
    assertTrue(failure.getMessage().contains(statement), failure::getMessage);
    assertTrue(failure.getMessage().contains("schema.rewrite.max.bytes"), failure::getMessage);
    database.execute(statement);
    commitNumber(owner, Primitive.INT64, 2L);
    assertEquals(2L, database.value("select n from items"));
  }

  @Test
  void columnThatTakesMoreWithoutARewriteIsWidenedWhateverItsSize() {
    Map<String, String> none = Map.of("schema.rewrite.max.bytes", "0");
    commitNumber(owner(none), new Decimal(5, 2), new BigDecimal("1.25"));
    long file = database.number("select pg_relation_filenode('items')::int8");
    commitNumber(owner(none), new Decimal(9, 2), new BigDecimal("1234567.25"));
    commitNumber(owner(none), Primitive.NUMERIC, new BigDecimal("1.125"));
    assertEquals(file, database.number("select pg_relation_filenode('items')::int8"));
    assertEquals(new BigDecimal("1.125"), database.value("select n from items"));
  }

  @Test
  void statementTimeoutDoesNotEndARewrite() {
    commitNumber(owner(Map.of()), Primitive.INT32, 1);
    database.execute(
        "insert into items (id, n, _cdc_op, _cdc_lsn, _cdc_commit_lsn, _cdc_epoch)"
            + " select i, i, 'r', 0, 100, 0 from generate_series(2, 400000) i");
    PartitionOwner owner = owner(Map.of("postgres.statement.timeout.ms", "100"));
    Commit commit =
        owner.prepare(
            batch(ITEMS, keyed(optional("n", Primitive.INT64))).upsert(300, 1, 5L).build());
    // Its other statements may take longer than that, but not always.
    Await.until(
        "the commit succeeds",
        Duration.ofSeconds(60),
        () -> {
          try {
            owner.commit(commit);
            return true;
          } catch (RetriableException e) {
            return false;
          }
        });
    assertEquals(5L, database.value("select n from items where id = 1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1000000000"})
  void statementTimeoutDoesNotEndTheClearingOfADroppedColumn(String maintenanceBytes) {
    begin();
    fill(400);
    onUpdate("perform pg_sleep(0.005)");
    owner(
            Map.of(
                "postgres.statement.timeout.ms",
                "1000",
                "postgres.maintenance.min.bytes",
                maintenanceBytes))
        .commit(dropped(200));
    assertEquals(0, database.number("select count(*) from items where a is not null"));
  }

  @Test
  void droppedColumnOfABigTableIsClearedInManyTransactions() {
    begin();
    database.execute("alter table items alter column a set not null");
    fill(50_000);
    database.execute("create table log (tx text)");
    onUpdate("insert into log values (pg_current_xact_id()::text)");
    owner(Map.of("postgres.maintenance.min.bytes", "0")).commit(dropped(200));
    assertEquals(
        List.of(List.of(0L, 50_000L)), database.rows("select count(a), count(b) from items"));
    assertTrue(database.number("select count(distinct tx) from log") >= 3);
  }

  @Test
  void clearingThatDiedHalfwayIsFinishedByTheNextOwner() {
    begin();
    fill(50_000);
    onUpdate("if old.id > 30000 then raise 'dies here' using errcode = '57P01'; end if");
    assertThrows(
        TargetException.class,
        () -> owner(Map.of("postgres.maintenance.min.bytes", "0")).commit(dropped(200)));
    assertEquals(30_000, database.number("select count(a) from items"));
    // Another task writes an old value to a row that is cleared already.
    database.execute("drop trigger t on items", "update items set a = 'again' where id = 7");
    owner(Map.of("postgres.maintenance.min.bytes", "0")).commit(dropped(200));
    assertEquals(0, database.number("select count(a) from items"));
  }

  /** Creates the table, of which the source then drops column {@code a}. */
  private void begin() {
    owner(Map.of())
        .commit(
            batch(ITEMS, BOTH).seen("items", 1, 1, "id", "a", "b").upsert(1, 1, "x", "y").build());
  }

  private static TableBatch dropped(long lsn) {
    return batch(ITEMS, ONLY_B).seen("items", lsn, lsn, "id", "b").upsert(lsn, 1, "z").build();
  }

  private void fill(int rows) {
    database.execute(
        "insert into items (id, a, b, _cdc_op, _cdc_lsn, _cdc_commit_lsn, _cdc_epoch)"
            + " select i, 'x', 'y', 'r', 100, 100, 0 from generate_series(2, "
            + rows
            + ") i");
  }

  private void onUpdate(String statement) {
    database.execute(
        "create function f() returns trigger language plpgsql as $$begin "
            + statement
            + "; return new; end$$",
        "create trigger t before update on items for each row execute function f()");
  }

  private static void commitNumber(PartitionOwner owner, LogicalType type, Object value) {
    long lsn = owner.state().map(state -> state.nextOffset() + 1).orElse(1L);
    owner.commit(batch(ITEMS, keyed(optional("n", type))).upsert(lsn, 1, value).build());
  }

  private PartitionOwner owner(Map<String, String> settings) {
    return owner(open(nulling(), settings), 0);
  }

  private static TableOptions nulling() {
    TableOptions base = TableOptions.DEFAULT;
    return new TableOptions(
        base.writeMode(),
        base.deleteMode(),
        base.evolution(),
        TableOptions.DroppedColumns.NULL,
        base.metadata(),
        base.deadLetterTable());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Batches.optional;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Array;
import io.lakehousecdc.sink.change.LogicalType.Bits;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.OutOfOrderException;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.PartitionOwner;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collections;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests of staging tables, which every commit empties: those of short rows have no TOAST table,
 * because emptying one takes long, and rows of any length are staged all the same.
 */
class PostgresStagingIT extends PostgresFixture {
  private static final RowSchema TEXTS = keyed(optional("v", Primitive.TEXT));
  private static final RowSchema JSONS = keyed(optional("v", Primitive.JSON));
  private static final String LONG = "x".repeat(100_000);

  private int lsn = 1;
  private int tables;

  @Test
  void longRowIsStagedBesideShortOnesAndLater() {
    PartitionOwner owner = owner();
    owner.commit(staged(ITEMS, TEXTS, "a"));
    assertFalse(hasToast());
    owner.commit(batch(ITEMS, TEXTS).upsert(++lsn, 1, LONG).upsert(lsn, 2, "b").build());
    assertTrue(hasToast());
    owner.commit(staged(ITEMS, TEXTS, "c"));
    owner.commit(
        batch(ITEMS, TEXTS)
            .upsert(++lsn, 2, Cell.UNCHANGED)
            .upsert(lsn, 3, LONG + LONG)
            .delete(lsn, 4)
            .build());
    assertEquals(
        "1 c,2 b,3 " + LONG + LONG,
        database.value("select string_agg(id || ' ' || v, ',' order by id) from items"));
  }

  @Test
  void longRowOfATransactionThatFailedIsStagedAgain() {
    database.execute(
        "create table parent (id integer primary key)",
        "create table items (id integer primary key references parent deferrable initially"
            + " deferred, v text)");
    PartitionOwner owner = owner();
    database.execute("insert into parent values (1), (7)");
    owner.commit(staged(ITEMS, TEXTS, "a"));
    TableBatch orphan = batch(ITEMS, TEXTS).upsert(++lsn, 1, LONG).upsert(lsn, 2, "b").build();
    assertThrows(OutOfOrderException.class, () -> owner.commit(orphan));
    database.execute("insert into parent values (2)");
    owner.commit(orphan);
    assertEquals(LONG, database.value("select v from items where id = 1"));
  }

  /** Where a cascade may take rows along, rows are encoded while they are sent. */
  @Test
  void valueThatTheServerRefusesBehindALongRowIsFound() {
    database.execute(
        "create table parent (id integer primary key)",
        "create table items (id integer primary key references parent on delete cascade,"
            + " v jsonb)",
        "insert into parent select generate_series(1, 9)");
    PartitionOwner owner = owner();
    RecordException refusal =
        assertThrows(
            RecordException.class,
            () ->
                owner.commit(
                    batch(ITEMS, JSONS)
                        .upsert(++lsn, 1, "1")
                        .upsert(lsn, 2, "\"" + LONG + "\"")
                        .upsert(lsn, 3, "3")
                        .upsert(lsn, 4, "{")
                        .delete(lsn, 5)
                        .build()));
    assertEquals(RowKey.of(4), refusal.key());
    owner.commit(
        batch(ITEMS, JSONS)
            .upsert(++lsn, 1, "1")
            .upsert(lsn, 2, "\"" + LONG + "\"")
            .upsert(lsn, 3, "3")
            .delete(lsn, 5)
            .build());
    assertEquals(3, database.number("select count(*) from items"));
    assertEquals(LONG, database.value("select v #>> '{}' from items where id = 2"));
  }

  /** By a column that somebody adds, rows are longer than the sink can know. */
  @Test
  void rowThatTheServerFindsTooLongIsStagedByTheNextAttempt() {
    database.execute(
        """
        create function pad() returns event_trigger language plpgsql as $$
        declare made record;
        begin
          for made in select object_identity as name from pg_event_trigger_ddl_commands()
              where object_identity like 'pg_temp%\\_cdc\\_stage%' loop
            execute 'alter table ' || made.name || ' add pad text storage plain default '
              || quote_literal(repeat('x', 5000));
          end loop;
        end $$""",
        "create event trigger pad on ddl_command_end when tag in ('CREATE TABLE')"
            + " execute function pad()");
    PartitionOwner owner = owner();
    Commit commit = owner.prepare(staged(ITEMS, TEXTS, "x".repeat(5_000)));
    assertThrows(RetriableException.class, () -> owner.commit(commit));
    owner.commit(commit);
    owner.commit(staged(ITEMS, TEXTS, "y".repeat(6_000)));
    assertEquals("y".repeat(6_000), database.value("select v from items"));
  }

  /** Values of a length that barely needs no TOAST table, by the sink's own count, fit. */
  @ParameterizedTest
  @MethodSource("valuesByLength")
  void longestRowThatNeedsNoToastTableFits(LogicalType type, IntFunction<Object> value) {
    PartitionOwner owner = owner();
    int fitting = 1;
    int tooLong = 50_000;
    while (tooLong - fitting > 1) {
      int middle = (fitting + tooLong) / 2;
      TableId table = new TableId("public", "t" + tables++);
      owner.commit(staged(table, keyed(optional("v", type)), value.apply(middle)));
      assertEquals(1, database.number("select count(*) from " + table + " where v is not null"));
      if (hasToast()) {
        tooLong = middle;
      } else {
        fitting = middle;
      }
    }
    assertTrue(tooLong < 50_000, "a TOAST table is never needed");
  }

  static Stream<Arguments> valuesByLength() {
    return Stream.of(
        Arguments.of(Primitive.TEXT, value("a"::repeat)),
        Arguments.of(Primitive.TEXT, value("\u20ac"::repeat)),
        Arguments.of(Primitive.BYTES, value(byte[]::new)),
        Arguments.of(Primitive.NUMERIC, value(PostgresStagingIT::digits)),
        Arguments.of(new Bits(Integer.MAX_VALUE), value("01010101"::repeat)),
        Arguments.of(Primitive.JSON, value(n -> "[0" + ",0".repeat(n) + "]")),
        Arguments.of(Primitive.JSON, value(n -> "[[0]" + ",[0]".repeat(n) + "]")),
        Arguments.of(Primitive.JSON, value(n -> "{\"a\":\"" + "a".repeat(n) + "\"}")),
        Arguments.of(new Array(Primitive.TEXT), value(n -> Collections.nCopies(n, "a"))),
        Arguments.of(new Array(Primitive.BOOLEAN), value(n -> Collections.nCopies(n, true))),
        Arguments.of(new Array(Primitive.INT64), value(n -> Collections.nCopies(n, 1L))),
        Arguments.of(
            new Array(Primitive.NUMERIC), value(n -> Collections.nCopies(n, BigDecimal.ONE))),
        Arguments.of(new Array(Primitive.JSON), value(n -> Collections.nCopies(n, "[0,0]"))));
  }

  private static IntFunction<Object> value(IntFunction<Object> value) {
    return value;
  }

  private static BigDecimal digits(int length) {
    return new BigDecimal(BigInteger.TEN.pow(length).subtract(BigInteger.ONE));
  }

  /** Changes that are staged, because not all of them are new rows. */
  private TableBatch staged(TableId table, RowSchema schema, Object value) {
    return batch(table, schema).upsert(++lsn, 1, value).delete(lsn, 7).build();
  }

  /** Whether the newest staging table has a TOAST table. */
  private boolean hasToast() {
    return database.number(
            "select (reltoastrelid <> 0)::int from pg_class where relname like '\\_cdc\\_stage\\_%'"
                + " order by oid desc limit 1")
        == 1;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Batches.optional;
import static io.lakehousecdc.sink.spi.Batches.required;
import static io.lakehousecdc.sink.spi.Batches.schema;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.PartitionOwner;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables of users whose key is not that of the records; each remedy is carried out. */
class PostgresKeyMismatchIT extends PostgresFixture {
  private static final String COLUMNS =
      "select attname, attnotnull from pg_attribute where attrelid = 'items'::regclass"
          + " and attnum > 0 order by attnum";
  private static final RowSchema NAMED = keyed(optional("name", Primitive.TEXT));

  private FatalException refused(PartitionOwner owner, RowSchema schema, Object... cells) {
    List<List<Object>> columns = database.rows(COLUMNS);
    FatalException failure =
        assertThrows(
            FatalException.class,
            () -> owner.commit(batch(ITEMS, schema).upsert(1, cells).build()));
    assertEquals(columns, database.rows(COLUMNS), "nothing is changed before the check");
    return failure;
  }

  private static String statement(FatalException failure) {
    return failure.getMessage().substring(failure.getMessage().indexOf("Run: ") + 5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "id int, name text;nothing unique;ADD PRIMARY KEY",
        "sk serial primary key, id int, name text;PRIMARY KEY (sk);CREATE UNIQUE INDEX",
        "sk int generated always as identity primary key, id int, name text;PRIMARY KEY (sk);"
            + "CREATE UNIQUE INDEX",
        "id int primary key deferrable, name text;DEFERRABLE;ADD CONSTRAINT \"items_pkey\" PRIMARY",
        "id int, name text, unique (id) deferrable;DEFERRABLE;ADD CONSTRAINT \"items_id_key\" UNIQUE",
        "id int, name text, primary key (id, name);key.columns=public.items:id,name;"
            + "CREATE UNIQUE INDEX",
        "sk serial primary key, name text;lacks \"id\";ADD COLUMN \"id\" integer"
      })
  void statementOfTheMessageMakesTheTableFit(String columns, String named, String proposed) {
    database.execute("create table items (" + columns + ")");
    PartitionOwner owner = owner();
    FatalException failure = refused(owner, NAMED, 1, "a");
    assertThat(failure.getMessage()).contains("(\"id\")", named, proposed);
    database.execute(statement(failure));
    PartitionOwner again = owner();
    again.commit(batch(ITEMS, NAMED).upsert(1, 1, "a").upsert(1, 2, "b").build());
    again.commit(batch(ITEMS, NAMED).upsert(2, 1, "c").delete(2, 2).build());
    again.commit(
        batch(ITEMS, NAMED).moved(RowKey.of(1), 3, 5, Cell.UNCHANGED).delete(3, 1).build());
    assertEquals(List.of(List.of(5, "c")), database.rows("select id, name from items"));
  }

  @Test
  void indexOfSomeRowsOrOfAnExpressionIsNamedAndNotTaken() {
    database.execute(
        "create table items (id int, name text)",
        "create unique index partial on items (id) where name is not null",
        "create unique index lowered on items (lower(name))");
    FatalException failure = refused(owner(), NAMED, 1, "a");
    assertThat(failure.getMessage()).contains("WHERE (name IS NOT NULL)", "lower(name)");
    database.execute(statement(failure));
    owner().commit(batch(ITEMS, NAMED).upsert(1, 1, "a").build());
  }

  @Test
  void keyOfAPartitionedTableNeedsItsPartitionColumns() {
    RowSchema daily = keyed(optional("day", Primitive.DATE), optional("name", Primitive.TEXT));
    database.execute(
        "create table items (id int, day date, name text, primary key (id, day))"
            + " partition by range (day)",
        "create table items_all partition of items default");
    FatalException failure = refused(owner(), daily, 1, 20_000, "a");
    assertThat(failure.getMessage())
        .contains("partitioned by \"day\"", "key.columns=public.items:id,day")
        .contains("REPLICA IDENTITY FULL")
        .doesNotContain("Run:");
    RowSchema whole =
        schema(
            2,
            required("id", Primitive.INT32),
            optional("day", Primitive.DATE),
            optional("name", Primitive.TEXT));
    PartitionOwner owner = owner();
    owner.commit(batch(ITEMS, whole).upsert(1, 1, 20_000, "a").upsert(1, 2, 20_000, "b").build());
    owner.commit(batch(ITEMS, whole).upsert(2, 1, 20_000, "c").delete(2, 2, 20_000).build());
    assertEquals(List.of(List.of(1, "c")), database.rows("select id, name from items"));
  }

  @Test
  void partitionedTableWithoutAKeyGetsOne() {
    RowSchema daily = keyed(optional("day", Primitive.DATE));
    database.execute(
        "create table items (id int, day date) partition by range (day)",
        "create table items_all partition of items default");
    FatalException failure = refused(owner(), daily, 1, 20_000);
    assertThat(failure.getMessage()).contains("key.columns=public.items:id,day");
    database.execute(statement(failure));
    RowSchema whole = schema(2, required("id", Primitive.INT32), optional("day", Primitive.DATE));
    owner().commit(batch(ITEMS, whole).upsert(1, 1, 20_000).build());
    assertEquals(1, database.number("select count(*) from items"));
  }

  @Test
  void tableThatIsPartitionedByAnExpressionIsRefused() {
    database.execute("create table items (id int, name text) partition by hash ((id + 1))");
    assertThat(refused(owner(), NAMED, 1, "a").getMessage())
        .contains("expression", "table.name.map")
        .doesNotContain("Run:");
  }

  @Test
  void columnsThatDifferInTheirCaseAreRenamedOrWrittenInLowerCase() {
    RowSchema mixed = schema(1, required("Id", Primitive.INT32), optional("Name", Primitive.TEXT));
    database.execute("create table items (id int primary key, name text)");
    FatalException failure = refused(owner(), mixed, 1, "a");
    assertThat(failure.getMessage()).contains("column.name.case=lower", "(\"Id\")", "(id)");
    owner().commit(batch(ITEMS, NAMED).upsert(1, 1, "a").build());
    database.execute(statement(failure));
    owner().commit(batch(ITEMS, mixed).upsert(2, 1, "b").build());
    assertEquals(
        List.of(List.of(1, "a", "b")), database.rows("select \"Id\", name, \"Name\" from items"));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Batches.optional;
import static io.lakehousecdc.sink.spi.Batches.required;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Decimal;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.error.TargetException;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import io.lakehousecdc.sink.spi.TableOptions.Evolution;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Columns, views, policies and partitions that users have made: the sink leaves them alone, and
 * says what to do where they refuse its rows. Each remedy is carried out.
 */
class PostgresUsersTableIT extends PostgresFixture {
  private static final RowSchema NAMED = keyed(optional("name", Primitive.TEXT));
  private static final String REQUIRED =
      "select attname from pg_attribute where attrelid = 'items'::regclass and attnotnull"
          + " and attnum > 0 order by attname";

  private static String statement(TargetException failure) {
    return failure.getMessage().substring(failure.getMessage().indexOf("Run: ") + 5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"UPSERT", "APPEND"})
  void extraColumnThatNothingFillsIsLeftAloneAndNamed(WriteMode mode) {
    String key = mode == WriteMode.UPSERT ? " primary key" : "";
    database.execute("create table items (id int" + key + ", name text, region text not null)");
    TableOptions options = options(mode, DeleteMode.HARD, Evolution.ADDITIVE);
    PartitionOwner owner = owner(open(options), 0);
    FatalException failure =
        assertThrows(
            FatalException.class,
            () -> owner.commit(batch(ITEMS, NAMED).upsert(1, 1, "a").build()));
    assertThat(failure.getMessage()).contains("public.items", "\"region\"", "DEFAULT", "trigger");
    assertThat(database.rows(REQUIRED)).contains(List.of("region"));
    database.execute(statement(failure));
    owner(open(options), 0).commit(batch(ITEMS, NAMED).upsert(1, 1, "a").build());
    assertEquals(
        List.of(Arrays.asList(1, "a", null)), database.rows("select id, name, region from items"));
  }

  @Test
  void extraColumnThatADefaultOrATriggerFillsStaysNotNull() {
    database.execute(
        "create table items (id int primary key, name text, region text not null,"
            + " loaded int not null default 7)",
        "create function fill() returns trigger language plpgsql as"
            + " 'begin new.region := coalesce(new.region, ''eu''); return new; end'",
        "create trigger fill before insert on items for each row execute function fill()");
    Target target = open();
    PartitionOwner owner = owner(target, 0);
    owner.commit(batch(ITEMS, NAMED).upsert(1, 1, "a").build());
    owner.commit(batch(ITEMS, NAMED).upsert(2, 1, "b").upsert(2, 2, "c").build());
    assertEquals(
        List.of(List.of(1, "b", "eu", 7), List.of(2, "c", "eu", 7)),
        database.rows("select id, name, region, loaded from items order by id"));
    assertEquals(
        List.of(List.of("id"), List.of("loaded"), List.of("region")), database.rows(REQUIRED));
  }

  @Test
  void columnThatTheSourceDropsTakesNullInATableThatTheSinkMade() {
    RowSchema wide = keyed(required("name", Primitive.TEXT), required("gone", Primitive.TEXT));
    owner().commit(batch(ITEMS, wide).upsert(1, 1, "a", "x").build());
    database.execute("alter table items add region text not null default 'eu'");
    PartitionOwner owner = owner();
    owner.commit(batch(ITEMS, keyed(required("name", Primitive.TEXT))).upsert(2, 2, "b").build());
    assertEquals(
        List.of(List.of("id"), List.of("name"), List.of("region")), database.rows(REQUIRED));
  }

  @Test
  void columnThatTheSourceWasSeenWithTakesNullInATableOfTheUser() {
    database.execute(
        "create table items (id int primary key, name text not null, gone text not null)");
    RowSchema wide = keyed(required("name", Primitive.TEXT), required("gone", Primitive.TEXT));
    owner()
        .commit(
            batch(ITEMS, wide)
                .upsert(1, 1, "a", "x")
                .seen("public.items", 1, 1, "id", "name", "gone")
                .build());
    owner()
        .commit(
            batch(ITEMS, keyed(required("name", Primitive.TEXT)))
                .upsert(2, 2, "b")
                .seen("public.items", 2, 2, "id", "name")
                .build());
    assertEquals(List.of(List.of("id"), List.of("name")), database.rows(REQUIRED));
  }

  @Test
  void columnsThatTheUserAddsToATableOfTheSinkAreTheUsers() {
    owner().commit(batch(ITEMS, NAMED).upsert(1, 1, "a").build());
    database.execute(
        "alter table items add region text not null default 'eu'",
        "alter table items alter region drop default");
    FatalException failure =
        assertThrows(
            FatalException.class,
            () -> owner().commit(batch(ITEMS, NAMED).upsert(2, 2, "b").build()));
    assertThat(failure.getMessage()).contains("\"region\"");
    owner().commit(batch(ITEMS, NAMED).upsert(2, 1, "b").build());
    assertEquals(
        List.of(List.of(1, "b", "eu")), database.rows("select id, name, region from items"));
  }

  @Test
  void primaryKeyOfTheUserStaysUntilARowHasNullInIt() {
    database.execute("create table items (id int unique, name text, primary key (id, name))");
    Target target = open();
    PartitionOwner owner = owner(target, 0);
    owner.commit(batch(ITEMS, NAMED).upsert(1, 1, "a").build());
    FatalException failure =
        assertThrows(
            FatalException.class,
            () -> owner.commit(batch(ITEMS, NAMED).upsert(2, 1, (Object) null).build()));
    assertThat(failure.getMessage()).contains("public.items", "column name", "primary key");
    database.execute(statement(failure));
    owner().commit(batch(ITEMS, NAMED).upsert(2, 1, (Object) null).build());
    assertEquals(List.of(Arrays.asList(1, null)), database.rows("select id, name from items"));
  }

  @Test
  void viewThatKeepsAColumnFromBeingWidenedIsNamed() {
    owner().commit(batch(ITEMS, keyed(optional("n", Primitive.INT32))).upsert(1, 1, 5).build());
    database.execute("create view report as select id, n from items");
    RowSchema wide = keyed(optional("n", Primitive.INT64));
    FatalException failure =
        assertThrows(
            FatalException.class,
            () -> owner().commit(batch(ITEMS, wide).upsert(2, 1, 5_000_000_000L).build()));
    assertThat(failure.getMessage()).contains("view report", "column \"n\"", "pg_get_viewdef");
    Object definition = database.value("select pg_get_viewdef('report')");
    database.execute("drop view report", statement(failure), "create view report as " + definition);
    owner().commit(batch(ITEMS, wide).upsert(2, 1, 5_000_000_000L).build());
    assertEquals(List.of(List.of(1, 5_000_000_000L)), database.rows("select id, n from report"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"UPSERT", "APPEND"})
  void rowSecurityIsNamedAndCanBeBypassed(WriteMode mode) {
    String role = ("writer_of_" + database.name() + mode).toLowerCase(Locale.ROOT);
    TableOptions options = options(mode, DeleteMode.HARD, Evolution.ADDITIVE);
    database.execute(
        "create role " + role + " login password 'writer'",
        "grant create, temporary on database " + database.name() + " to " + role,
        "grant usage, create on schema public to " + role);
    try {
      Target setUp = openAs(role, options);
      owner(setUp, 0).commit(batch(ITEMS, NAMED).upsert(1, 1, "a").build());
      setUp.close();
      database.execute(
          "alter table items enable row level security",
          "alter table items force row level security",
          "create policy own on items using (id > 0)");
      Target refused = openAs(role, options);
      PartitionOwner owner = owner(refused, 0);
      FatalException failure =
          assertThrows(
              FatalException.class,
              () -> owner.commit(batch(ITEMS, NAMED).upsert(2, 2, "b").build()));
      refused.close();
      assertThat(failure.getMessage())
          .contains("row-level security", "public.items")
          .doesNotContain("Grant the user");
      database.execute(statement(failure));
      Target bypassing = openAs(role, options);
      owner(bypassing, 0).commit(batch(ITEMS, NAMED).upsert(2, 2, "b").build());
      bypassing.close();
      assertEquals(2, database.number("select count(*) from items"));
    } finally {
      database.execute("drop owned by " + role + " cascade", "drop role " + role);
    }
  }

  private Target openAs(String role, TableOptions options) {
    return new PostgresTargetFactory()
        .open(
            SharedPostgres.settings(
                Map.of(
                    "postgres.url",
                    database.jdbcUrl(),
                    "postgres.user",
                    role,
                    "postgres.password",
                    "writer"),
                options),
            new TargetContext("sink", 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"UPSERT", "APPEND"})
  void rowThatNoPartitionTakesStopsTheTaskAndIsNotRejected(WriteMode mode) {
    String key = mode == WriteMode.UPSERT ? " primary key" : "";
    database.execute(
        "create table items (id int" + key + ", name text) partition by range (id)",
        "create table items_1 partition of items for values from (0) to (100)");
    TableOptions options = options(mode, DeleteMode.HARD, Evolution.ADDITIVE);
    PartitionOwner owner = owner(open(options), 0);
    owner.commit(batch(ITEMS, NAMED).upsert(1, 1, "a").build());
    FatalException failure =
        assertThrows(
            FatalException.class,
            () -> owner.commit(batch(ITEMS, NAMED).upsert(2, 150, "b").build()));
    assertThat(failure.getMessage()).contains("public.items", "partition");
    database.execute(statement(failure));
    owner.commit(batch(ITEMS, NAMED).upsert(2, 150, "b").build());
    assertEquals(
        List.of(List.of(1, "a"), List.of(150, "b")),
        database.rows("select id, name from items order by id"));
  }

  static Stream<Arguments> narrowColumns() {
    return Stream.of(
        Arguments.of("varchar(3)", Primitive.TEXT, "four", "text"),
        Arguments.of("char(3)", Primitive.TEXT, "four", "text"),
        Arguments.of("name", Primitive.TEXT, "x".repeat(64), "text"),
        Arguments.of("smallint", new Decimal(9, 0), new BigDecimal("70000"), "numeric"),
        Arguments.of("integer", new Decimal(9, 2), new BigDecimal("1.50"), "numeric"));
  }

  /** Also the session that has refused the value takes it, once the column is wide enough. */
  @ParameterizedTest
  @MethodSource("narrowColumns")
  void columnThatIsTooNarrowIsWidenedByTheStatementOfTheMessage(
      String type, LogicalType incoming, Object value, String wider) {
    database.execute("create table items (id int primary key, v " + type + ")");
    RowSchema schema = keyed(optional("v", incoming));
    PartitionOwner owner = owner();
    RecordException refusal =
        assertThrows(
            RecordException.class,
            () -> owner.commit(batch(ITEMS, schema).upsert(1, 1, value).build()));
    assertThat(refusal.getMessage()).contains("public.items", "column v", "TYPE " + wider);
    database.execute(statement(refusal));
    owner.commit(batch(ITEMS, schema).upsert(1, 1, value).build());
    assertEquals(List.of(List.of(1, value)), database.rows("select id, v from items"));
  }
}

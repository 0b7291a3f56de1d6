// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import static io.lakehousecdc.sink.spi.Batches.optional;
import static io.lakehousecdc.sink.spi.Batches.required;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.spi.Batches;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How {@code reconcile} compares values and keys, whatever the target. */
abstract class ReconcileValuesContract extends ReconcileFixture {
  private static final String NUMBERS =
      "CREATE TABLE goods (id int8 PRIMARY KEY, a numeric(12,2), b numeric(12,2), c numeric(12,2))";

  private static final RowSchema NUMBERS_SCHEMA =
      Batches.schema(
          1,
          required("id", Primitive.INT64),
          optional("a", new LogicalType.Decimal(12, 2)),
          optional("b", new LogicalType.Decimal(12, 2)),
          optional("c", new LogicalType.Decimal(12, 2)));

  @Test
  void equalTablesAreEqualInEveryType() throws Exception {
    begin(Map.of());
    rows(1, 2_000);

    Run run = run("--json");

    assertEquals(0, run.code(), run.out() + run.err());
    assertTrue(run.table().path("equal").asBoolean());
    assertEquals(2_000, run.table().path("rows").asInt());
    assertEquals(0, run.table().path("differingChunks").asInt(), run.out());
    assertEquals(
        "[\"tags\",\"twice\"]",
        JSON.valueToTree(names(run.table().path("uncomparedColumns"))).toString());
  }

  @Test
  void hashesOfNumbersTellTheirSigns() {
    assertEquals(
        1,
        source.number(
            "SELECT count(DISTINCT "
                + Form.WHOLE.hashSql("v", 1)
                + ") - 1 FROM (VALUES (-1::int8), (4294967295)) AS v (v)"));
    assertFalse(Form.WHOLE.hash(-1L, 1) == Form.WHOLE.hash(4294967295L, 1));
  }

  @Test
  void nullIsNoEmptyTextWhateverTheType() throws Exception {
    begin(Map.of());
    source.execute(
        "DROP TABLE goods",
        "CREATE TYPE mood AS ENUM ('', 'glad')",
        "CREATE TABLE goods (id int8 PRIMARY KEY, t text, c char(5), m mood)",
        "INSERT INTO goods VALUES (1, NULL, NULL, NULL), (2, '', '', '')");
    RowSchema schema =
        Batches.schema(
            1,
            required("id", Primitive.INT64),
            optional("t", Primitive.TEXT),
            optional("c", Primitive.TEXT),
            optional("m", Primitive.TEXT));
    owner.commit(
        Batches.batch(GOODS, schema)
            .upsert(++lsn, 1L, null, null, null)
            .upsert(++lsn, 2L, "", "     ", "")
            .build());

    assertEquals(0, run().code());

    owner.commit(
        Batches.batch(GOODS, schema)
            .upsert(++lsn, 1L, "", "     ", "")
            .upsert(++lsn, 2L, null, null, null)
            .build());
    JsonNode differences = run("--json").table().path("differences");

    assertEquals(2, differences.size());
    differences.forEach(
        each -> assertEquals(List.of("t", "c", "m"), names(each.path("columns")), each::toString));
  }

  @Test
  void signsOfNumbersAreSeen() throws Exception {
    begin(Map.of());
    rows(1, 10);
    source.execute(
        "UPDATE goods SET price = -price WHERE id = 3",
        "UPDATE goods SET price = 0.00 WHERE id = 4");

    JsonNode differences = run("--json").table().path("differences");

    assertEquals(2, differences.size(), differences::toString);
  }

  @Test
  void keyOfNullIsMissing() throws Exception {
    begin(Map.of("key.columns", "public.goods:ref"));
    rows(1, 100);
    source.execute("INSERT INTO goods (id, name) VALUES (5000, 'no key')");

    Run run = run("--json");

    assertEquals(
        "missing", run.table().path("differences").path(0).path("kind").asText(), run.out());
  }

  @Test
  void keysOfSeveralColumnsAndOfAnyTypeAreFound() throws Exception {
    begin(Map.of());
    source.execute(
        "DROP TABLE goods",
        """
        CREATE TABLE goods (a text, b timestamptz, c uuid, d numeric(10,3), v text,
          PRIMARY KEY (a, b, c, d))""");
    RowSchema schema =
        Batches.schema(
            4,
            required("a", Primitive.TEXT),
            required("b", Primitive.TIMESTAMPTZ),
            required("c", Primitive.UUID),
            required("d", new LogicalType.Decimal(10, 3)),
            optional("v", Primitive.TEXT));
    Batches batch = Batches.batch(GOODS, schema);
    for (int i = 1; i <= 100; i++) {
      source.execute(
          """
          INSERT INTO goods VALUES ('ä''%d', '2026-01-01 00:00:00.5+00', '%s', %d.5, 'v')"""
              .formatted(i, new java.util.UUID(0, i), i));
      batch.upsert(
          ++lsn,
          "ä'" + i,
          micros("2026-01-01T00:00:00.500"),
          new java.util.UUID(0, i).toString(),
          new BigDecimal(i + ".500"),
          "v");
    }
    owner.commit(batch.build());
    assertEquals(0, run().code());

    source.execute("CREATE TABLE signals (id text, type text, data text)");
    source.execute(
        "UPDATE goods SET v = NULL WHERE d = 7.5",
        "DELETE FROM goods WHERE d = 8.5",
        "INSERT INTO goods SELECT a, b, c, 1000, v FROM goods WHERE d = 9.5");
    follow(
        at ->
            Batches.batch(GOODS, schema)
                .upsert(
                    at,
                    "ä'1",
                    micros("2026-01-01T00:00:00.500"),
                    new java.util.UUID(0, 1).toString(),
                    new BigDecimal("1.500"),
                    "v"));

    Run run = run("--json", "--repair", "--signal-table", "signals");

    assertEquals(3, run.table().path("differences").size(), run.out() + run.err());
    String filter =
        JSON.readTree((String) source.value("SELECT data FROM signals"))
            .path("additional-conditions")
            .path(0)
            .path("filter")
            .asText();
    assertEquals(2, source.number("SELECT count(*) FROM goods WHERE " + filter));
    assertEquals(
        2,
        new ObjectMapper()
            .readTree(run("--json").out())
            .path("tables")
            .path(0)
            .path("differences")
            .size());
  }

  /** A row's hash combines those of its columns: none of them may be another's complement. */
  @Test
  void signsOfTwoNumbersAreSeen() throws Exception {
    begin(Map.of());
    numbers("(1, -100, -19, 3), (2, 5, -7, 3)");
    store(numbersOf(1, "100", "19", "3"), numbersOf(2, "-5", "7", "3"));

    assertEquals(2, run("--json").table().path("differences").size());
  }

  @Test
  void zerosAreNotNull() throws Exception {
    begin(Map.of());
    source.execute("DROP TABLE goods", NUMBERS);
    source.execute("INSERT INTO goods SELECT i, 0, 0, 0 FROM generate_series(1, 300) AS i");
    Batches batch = Batches.batch(GOODS, NUMBERS_SCHEMA);
    for (long i = 1; i <= 300; i++) {
      batch.upsert(++lsn, i, null, null, null);
    }
    owner.commit(batch.build());

    assertEquals(300, run("--json").table().path("differences").size());
  }

  @Test
  void numbersInTextAreComparedAsNumbers() throws Exception {
    begin(Map.of());
    source.execute(
        "DROP TABLE goods",
        "CREATE TABLE goods (id numeric PRIMARY KEY, price money, n numeric)",
        "INSERT INTO goods VALUES (1.50, '1234.50', 'NaN'), (2, '-3', 7.10)");
    RowSchema schema =
        Batches.schema(
            1,
            required("id", Primitive.TEXT),
            optional("price", Primitive.TEXT),
            optional("n", Primitive.TEXT));
    owner.commit(
        Batches.batch(GOODS, schema)
            .upsert(moved(), "1.50", "1234.5", "NaN")
            .upsert(moved(), "2", "-3.00", "7.1")
            .build());
    assertEquals(0, run().code());

    source.execute("UPDATE goods SET price = '3' WHERE id = 2");
    JsonNode differences = run("--json").table().path("differences");

    assertEquals(1, differences.size(), differences::toString);
    assertEquals("changed", differences.path(0).path("kind").asText());
  }

  @Test
  void rowsThatMovedAreFoundByKeysOfEveryType() throws Exception {
    begin(Map.of());
    source.execute(
        "DROP TABLE goods",
        """
        CREATE TABLE goods (a timestamp, b numeric(12,2), c bool, d bytea, e date, v text,
          PRIMARY KEY (a, b, c, d, e))""",
        """
        INSERT INTO goods VALUES
          ('9999-12-31 23:59:59.999999', 1.50, true, '\\x00ff', '2026-01-01', 'one'),
          ('1815-06-18 11:35:00.000001', -0.25, false, '\\x', '0001-01-01', 'two')""");
    RowSchema schema =
        Batches.schema(
            5,
            required("a", Primitive.TIMESTAMP),
            required("b", new LogicalType.Decimal(12, 2)),
            required("c", Primitive.BOOLEAN),
            required("d", Primitive.BYTES),
            required("e", Primitive.DATE),
            optional("v", Primitive.TEXT));
    Object[] one = {
      micros("9999-12-31T23:59:59.999999"),
      new BigDecimal("1.50"),
      true,
      new byte[] {0, -1},
      (int) java.time.LocalDate.of(2026, 1, 1).toEpochDay(),
      "one"
    };
    Object[] two = {
      micros("1815-06-18T11:35:00.000001"),
      new BigDecimal("-0.25"),
      false,
      new byte[0],
      (int) java.time.LocalDate.of(1, 1, 1).toEpochDay(),
      "two"
    };
    owner.commit(Batches.batch(GOODS, schema).upsert(moved(), one).upsert(moved(), two).build());
    assertEquals(0, run().code());

    source.execute("UPDATE goods SET v = 'other' WHERE a > '2000-01-01'");
    JsonNode differences = run("--json").table().path("differences");

    assertEquals(1, differences.size(), differences::toString);
    assertEquals("changed", differences.path(0).path("kind").asText());
  }

  private void numbers(String rows) {
    source.execute("DROP TABLE goods", NUMBERS, "INSERT INTO goods VALUES " + rows);
  }

  private static Object[] numbersOf(long id, String... numbers) {
    Object[] cells = new Object[1 + numbers.length];
    cells[0] = id;
    for (int i = 0; i < numbers.length; i++) {
      cells[i + 1] = new BigDecimal(numbers[i]).setScale(2);
    }
    return cells;
  }

  private void store(Object[]... rows) {
    Batches batch = Batches.batch(GOODS, NUMBERS_SCHEMA);
    for (Object[] row : rows) {
      batch.upsert(++lsn, row);
    }
    owner.commit(batch.build());
  }

  /** Position of a change whose commit time lies ahead: its row counts as changed meanwhile. */
  private Position moved() {
    lsn = Math.max(lsn, System.currentTimeMillis() + 1_000_000) + 1;
    return new Position(0, lsn, lsn);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import static io.lakehousecdc.sink.spi.Batches.optional;
import static io.lakehousecdc.sink.spi.Batches.required;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.ConfiguredSink;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.TableStatus;
import io.lakehousecdc.tools.Commands;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the command finds, whatever the target. */
abstract class ReconcileContract extends ReconcileValuesContract {
  @Test
  void eachKindOfDifferenceIsFoundAndNothingElse() throws Exception {
    begin(Map.of());
    rows(1, 3_000);
    source.execute(
        "UPDATE goods SET price = price + 1 WHERE id = 17",
        "INSERT INTO goods (id, name) VALUES (5000, 'missing')",
        "DELETE FROM goods WHERE id = 2999");
    passTheSource();

    Run run = run("--json");

    assertEquals(1, run.code(), run.out() + run.err());
    Map<String, String> found = new HashMap<>();
    run.table()
        .path("differences")
        .forEach(
            each ->
                found.put(
                    each.path("kind").asText(),
                    each.path("certainty").asText() + names(each.path("columns"))));
    assertEquals(
        Map.of("changed", "proven[price]", "missing", "proven[]", "extra", "proven[]"), found);
    assertEquals(3, run.table().path("differences").size());
    assertTrue(run.table().path("differingChunks").asInt() <= 3, run.out());
  }

  @Test
  void rowsOfATargetThatMayBeBehindAreNotProvenToDiffer() throws Exception {
    begin(Map.of());
    rows(1, 100);
    source.execute("UPDATE goods SET name = 'newer' WHERE id = 3");

    Run run = run();

    assertEquals(1, run.code());
    assertTrue(run.out().contains("the target may be behind"), run.out());
  }

  /** As where the source is a late standby, or the position is of another cluster. */
  @Test
  void nothingIsProvenWhileTheTargetKnowsCommitsThatTheSourceDoesNotShow() throws Exception {
    begin(Map.of());
    rows(1, 100);
    source.execute("UPDATE goods SET name = 'older' WHERE id = 3");
    Position ahead = new Position(0, sourceLsn() + 1_000_000_000L, 1);
    owner.commit(Batches.batch(GOODS, SCHEMA).upsert(ahead, cells(1)).build());

    assertEquals("unchanged", certainty(run("--json")));
  }

  @Test
  void nothingIsProvenBeforeAPartitionHasMoreThanRowsOfASnapshot() throws Exception {
    begin(Map.of());
    rows(1, 100);
    source.execute("INSERT INTO goods (id, name) VALUES (5000, 'later in the snapshot')");
    follow(at -> Batches.batch(GOODS, SCHEMA).upsert(new Position(0, at, 0), cells(1)));

    assertEquals("unchanged", certainty(run("--json")));
  }

  @Test
  void rowsOfTablesThatInheritAreOthers() throws Exception {
    begin(Map.of());
    rows(1, 100);
    source.execute(
        "CREATE TABLE more () INHERITS (goods)",
        "INSERT INTO more (id, name) VALUES (3, 'of the other table')",
        "UPDATE goods SET name = 'newer' WHERE id = 3");

    Run run = run("--json");

    assertEquals(100, run.table().path("rows").asInt());
    assertEquals("changed", run.table().path("differences").path(0).path("kind").asText());
    assertEquals(1, run.table().path("differences").size());
  }

  @Test
  void keyThatTheSourceHasTwiceIsTold() throws Exception {
    begin(Map.of("key.columns", "public.goods:ref"));
    rows(1, 100);
    source.execute(
        "INSERT INTO goods (id, name, ref) SELECT 5000, name, ref FROM goods WHERE id = 3");

    Run run = run("--json");

    assertEquals("repeated", run.table().path("differences").path(0).path("kind").asText());
  }

  @Test
  void keyThatTheTargetHasTwiceIsTold() throws Exception {
    begin(Map.of("key.columns", "public.goods:ref"));
    rows(1, 100);
    Object[] again = cells(3);
    again[0] = 5000L;
    owner.commit(Batches.batch(GOODS, SCHEMA).upsert(++lsn, again).build());

    Run run = run("--json");

    assertEquals("repeated", run.table().path("differences").path(0).path("kind").asText());
  }

  @Test
  void valuesAreTheirHashesUntilTheyAreAskedFor() throws Exception {
    begin(Map.of());
    rows(1, 100);
    source.execute("UPDATE goods SET name = 'secret' WHERE id = 3");
    passTheSource();

    assertFalse(run().out().contains("secret"));
    Run shown = run("--show-values");
    assertTrue(shown.out().contains("id=3: name is secret at the source, näme 3 in the target"));
  }

  @Test
  void softlyDeletedRowsStandForNone() throws Exception {
    begin(Map.of("delete.mode", "soft"));
    rows(1, 50);
    source.execute("DELETE FROM goods WHERE id = 9");
    owner.commit(Batches.batch(GOODS, SCHEMA).delete(++lsn, 9L).build());

    Run run = run("--json");

    assertEquals(0, run.code(), run.out() + run.err());
    assertEquals(49, run.table().path("rows").asInt());
  }

  @Test
  void currentVersionsAreCompared() throws Exception {
    begin(Map.of("write.mode", "history"));
    rows(1, 50);
    source.execute("UPDATE goods SET name = 'second' WHERE id = 9");
    Object[] second = cells(9);
    second[1] = "second";
    owner.commit(Batches.batch(GOODS, SCHEMA).upsert(++lsn, second).build());

    assertEquals(0, run().code());
    source.execute("UPDATE goods SET name = 'third' WHERE id = 9");
    passTheSource();
    assertEquals(1, run().code());
  }

  @Test
  void logsOfChangesAreNamedAsNotCompared() throws Exception {
    begin(Map.of("write.mode", "append"));

    Run run = run();

    assertEquals(Commands.FAILED, run.code());
    assertTrue(run.out().contains("skipped    public.goods"), run.out());
  }

  @Test
  void interruptedRunGoesOnWithTheOtherTables() throws Exception {
    begin(Map.of());
    rows(1, 50);
    Path state = directory.resolve("state.json");
    Files.writeString(state, "{\"connector\": \"sink\", \"equal\": [\"public.goods\"]}");
    source.execute("UPDATE goods SET name = 'not looked at' WHERE id = 9");

    assertEquals(0, run("--state", state.toString()).code());
    assertFalse(Files.exists(state));
    assertEquals(1, run("--state", state.toString()).code());
  }

  @Test
  void outcomeIsRecordedInTheStatus() throws Exception {
    begin(Map.of());
    rows(1, 20);
    source.execute("UPDATE goods SET name = 'other' WHERE id = 3");
    passTheSource();

    run("--record");

    List<TableStatus> found = ConfiguredSink.of(settings).status();
    assertEquals(1, found.size());
    assertFalse(found.get(0).reconciled().equal());
    assertEquals(1, found.get(0).reconciled().differences());
  }

  @Test
  void nothingToCompareIsAFailure() throws Exception {
    settings.remove("topics");
    begin(Map.of("topics.regex", "src\\.public\\.others"));

    assertEquals(Commands.FAILED, run("--topic-prefix", "src").code());
    assertEquals(Commands.FAILED, run().code());
  }

  @Test
  void namesAreTakenAsTheyAre() throws Exception {
    settings.put("topics", "src.public.%s ?\"'");
    settings.put("table.name.map", "public.%s ?\"':dwh.goods");
    begin(Map.of());
    source.execute(
        "ALTER TABLE goods RENAME TO \"%s ?\"\"'\"",
        "ALTER TABLE \"%s ?\"\"'\" RENAME name TO \"%d $1 ?\"");
    owner.commit(
        Batches.batch(
                GOODS,
                Batches.schema(
                    1, required("id", Primitive.INT64), optional("%d $1 ?", Primitive.TEXT)))
            .upsert(++lsn, 1L, "one")
            .build());
    source.execute("INSERT INTO \"%s ?\"\"'\" (id, \"%d $1 ?\") VALUES (1, 'one')");

    Run run = run("--json");

    assertEquals(1, run.table().path("rows").asInt(), run.out() + run.err());
    assertEquals(0, run.code(), run.out() + run.err());
  }

  @Test
  void wrongSourceIsOneLineWithoutThePassword() throws Exception {
    begin(Map.of());

    sourceUrl = "jdbc:postgresql://127.0.0.1:1/none";
    Run run = run();

    assertEquals(Commands.FAILED, run.code());
    assertTrue(run.err().contains("127.0.0.1:1"), run.err());
    assertFalse((run.out() + run.err()).contains(source.password()), run.err());
  }

  @Test
  void databasesOfTwoEncodingsAreNotCompared() throws Exception {
    begin(Map.of());
    source.execute(
        "CREATE DATABASE latin_%d TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'"
            .formatted(DATABASES.get()));
    sourceUrl = sourceUrl.replaceFirst("/source_[0-9]+", "/latin_" + DATABASES.get());

    Run run = run();

    assertEquals(Commands.FAILED, run.code());
    assertTrue(run.err().contains("LATIN1"), run.err());
  }

  @Test
  void repairAsksForMissingRowsAndRemovesThoseThatTheSourceHasNot() throws Exception {
    begin(Map.of());
    rows(1, 200);
    source.execute(
        "CREATE TABLE signals (id text, type text, data text)",
        "UPDATE goods SET name = 'it''s new' WHERE id = 17",
        "INSERT INTO goods (id, name) VALUES (5000, 'missing')",
        "DELETE FROM goods WHERE id = 99");
    passTheSource();

    Run run = run("--repair", "--signal-table", "public.signals");

    assertEquals(1, run.code(), run.out() + run.err());
    assertTrue(run.out().contains("1 rows that the source does not have are removed"), run.out());
    List<List<Object>> signals = source.rows("SELECT type, data FROM signals");
    assertEquals(1, signals.size());
    assertEquals("execute-snapshot", signals.get(0).get(0));
    JsonNode data = JSON.readTree((String) signals.get(0).get(1));
    assertEquals("public.goods", data.path("data-collections").path(0).asText());
    String filter = data.path("additional-conditions").path(0).path("filter").asText();
    assertEquals(
        List.of(17L, 5000L),
        source.rows("SELECT id FROM goods WHERE " + filter + " ORDER BY id").stream()
            .map(row -> row.get(0))
            .toList());
    assertTrue(!run("--json").out().contains("extra"));
  }

  @Test
  void partitionedSourceIsReadWithAllItsPartitions() throws Exception {
    begin(Map.of());
    rows(1, 300);
    source.execute(
        "ALTER TABLE goods RENAME TO old",
        "CREATE TABLE goods (LIKE old INCLUDING GENERATED) PARTITION BY RANGE (id)",
        "ALTER TABLE goods ADD PRIMARY KEY (id)",
        "CREATE TABLE low PARTITION OF goods FOR VALUES FROM (0) TO (100)",
        "CREATE TABLE high PARTITION OF goods FOR VALUES FROM (100) TO (1000)",
        """
        INSERT INTO goods (id, name, price, weight, active, made, at, seen, opens, ref, doc, raw)
        SELECT id, name, price, weight, active, made, at, seen, opens, ref, doc, raw FROM old""");

    Run run = run("--json");

    assertEquals(0, run.code(), run.out() + run.err());
    assertEquals(300, run.table().path("rows").asInt());
  }

  @Test
  void tableThatMustNotBeReadIsNamedAsNotCompared() throws Exception {
    begin(Map.of());
    rows(1, 10);
    sourceUser = "reader_" + DATABASES.get();
    source.execute("CREATE ROLE %s LOGIN PASSWORD '%s'".formatted(sourceUser, source.password()));

    Run run = run("--json");

    assertEquals(Commands.FAILED, run.code());
    assertTrue(run.out().contains("permission denied"), run.out() + run.err());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Batches.optional;
import static io.lakehousecdc.sink.spi.Batches.required;
import static io.lakehousecdc.sink.spi.Batches.schema;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import io.lakehousecdc.sink.postgres.catalog.PgType;
import io.lakehousecdc.sink.postgres.sql.TablePlan;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.CommitId;
import io.lakehousecdc.sink.spi.TableOptions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Rows encoded ahead belong to one commit, one table and one plan. */
class EncodeAheadTest {
  private static final TableId ITEMS = new TableId("", "items");
  private static final TableId STORED = new TableId("public", "items");
  private static final RowSchema SCHEMA =
      schema(1, required("id", Primitive.INT32), optional("name", Primitive.TEXT));

  /** Of the id 1: what was handed over, and encoded ahead. */
  private static final TableBatch HANDED_OVER = rows(ITEMS, 1);

  /** Of the id 2: where these rows come back, they were encoded when they were asked for. */
  private static final TableBatch ASKED_FOR = rows(STORED, 2);

  private final EncodeAhead ahead = new EncodeAhead("encoder");
  private final RowLayouts layouts = layouts("text");

  @AfterEach
  void close() {
    ahead.close();
  }

  @Test
  void rowsAreFoundByTheValueOfTheCommitsIdAndByTable() {
    Commit commit = begin();
    assertEquals(1, taken(new CommitId(commit.id().value()), layouts));
  }

  @Test
  void rowsAreUsedOnce() {
    Commit commit = begin();
    taken(commit.id(), layouts);
    assertEquals(2, taken(commit.id(), layouts));
  }

  @Test
  void rowsOfAnotherCommitAreNotUsedHoweverEqual() {
    begin();
    assertEquals(2, taken(CommitId.unique(), layouts));
  }

  @Test
  void rowsOfAnotherTableAreNotUsed() {
    Commit commit = begin();
    TableBatch other = rows(new TableId("public", "others"), 2);
    assertEquals(2, id(ahead.take(commit.id(), other, layouts).orElseThrow()));
  }

  @Test
  void rowsOfAnotherPlanAreNotUsed() {
    Commit commit = begin();
    assertEquals(2, taken(commit.id(), layouts("varchar")));
  }

  @Test
  void commitIsEncodedOnceHoweverOftenItIsAnnounced() {
    Commit commit = begin();
    ahead.begin(commit, table -> STORED);
    taken(commit.id(), layouts);
    assertEquals(2, taken(commit.id(), layouts));
  }

  @Test
  void rowsOfTheCommitBeforeThePresentOneAreForgotten() {
    Commit first = begin();
    Commit second = begin();
    Commit third = begin();
    assertEquals(2, taken(first.id(), layouts));
    assertEquals(1, taken(second.id(), layouts));
    assertEquals(1, taken(third.id(), layouts));
  }

  private Commit begin() {
    ahead.plan(layouts);
    Commit commit =
        new Commit(
            List.of(HANDED_OVER), List.of(), List.of(), Map.of(ITEMS, Set.of()), Histories.NONE);
    ahead.begin(commit, table -> STORED);
    return commit;
  }

  private int taken(CommitId commit, RowLayouts asked) {
    return id(ahead.take(commit, ASKED_FOR, asked).orElseThrow());
  }

  private static int id(EncodedRows rows) {
    return (Integer) rows.changes().get(0).key().value(0);
  }

  private static TableBatch rows(TableId table, int id) {
    return batch(table, SCHEMA).upsert(1, id, "a").build();
  }

  private static RowLayouts layouts(String typeOfName) {
    PgType integer = new PgType(23, "int4", "integer", -1, null);
    PgType text = new PgType(0, typeOfName, typeOfName, -1, null);
    List<PgColumn> columns =
        List.of(
            new PgColumn("id", integer, "", true, "", false, false),
            new PgColumn("name", text, "", false, "", false, false));
    PgTable table = new PgTable(STORED, 1, columns, List.of(), Set.of(), false, false, false);
    return new RowLayouts(TablePlan.of(table, SCHEMA, TableOptions.DEFAULT, 18));
  }
}

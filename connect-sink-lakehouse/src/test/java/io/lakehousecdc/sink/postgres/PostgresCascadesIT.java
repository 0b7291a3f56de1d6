// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Batches.optional;
import static io.lakehousecdc.sink.spi.Warehouse.counted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.PartitionOwner;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Foreign keys of the target that remove rows, which the source has moved to another parent. */
class PostgresCascadesIT extends PostgresFixture {
  private static final TableId PARENTS = new TableId("public", "parents");
  private static final RowSchema PARENT = keyed(optional("name", Primitive.TEXT));
  private static final RowSchema CHILD =
      keyed(optional("parent", Primitive.INT32), optional("note", Primitive.TEXT));

  private PartitionOwner owner;

  @BeforeEach
  void oneChildOfTheFirstParent() {
    database.execute("create table parents (id int primary key, name text)");
    owner = owner();
    owner.commit(batch(PARENTS, PARENT).upsert(1, 1, "p").upsert(1, 2, "q").build());
  }

  private void children(TableId table) {
    database.execute(
        ("create table %s (id int primary key, note text default 'none', mine text default 'd',"
                + " parent int references parents on delete cascade)")
            .formatted(table.name()));
    owner.commit(
        batch(table, CHILD)
            .upsert(2, 10, 1, "kept")
            .upsert(2, 11, 1, "goes")
            .upsert(20, 12, 1, "newer")
            .build());
    database.execute("update " + table.name() + " set mine = 'mine'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a_children", "z_children"})
  void childrenThatLeaveADeletedParentKeepTheirValues(String name) {
    TableId table = new TableId("public", name);
    children(table);
    CommitReceipt receipt =
        owner.commit(
            batch(table, CHILD)
                .upsert(3, 10, 2, Cell.UNCHANGED)
                .upsert(3, 12, 1, Cell.UNCHANGED)
                .upsert(3, 13, 2, Cell.ABSENT)
                .build(),
            batch(PARENTS, PARENT).delete(4, 1).build());
    assertEquals(
        List.of(List.of(10, 2, "kept", "mine"), List.of(13, 2, "none", "d")),
        database.rows("select id, parent, note, mine from " + name + " order by id"));
    assertEquals(new CommitReceipt(2, 1, 1, 0, 0), counted(receipt));
  }

  @Test
  void absentAndWholeRowsKeepWhatIsStoredToo() {
    children(ITEMS);
    owner.commit(
        batch(ITEMS, CHILD).upsert(3, 10, 2, Cell.ABSENT).upsert(3, 11, 2, "new").build(),
        batch(PARENTS, PARENT).delete(4, 1).build());
    assertEquals(
        List.of(List.of(10, 2, "kept", "mine"), List.of(11, 2, "new", "mine")),
        database.rows("select id, parent, note, mine from items order by id"));
  }

  @Test
  void rowsWhoseKeyChangesTakeTheirValuesAlong() {
    children(ITEMS);
    owner.commit(
        batch(ITEMS, CHILD).moved(RowKey.of(10), 3, 50, 2, Cell.UNCHANGED).delete(3, 10).build(),
        batch(PARENTS, PARENT).delete(4, 1).build());
    assertEquals(
        List.of(List.of(50, 2, "kept", "mine")),
        database.rows("select id, parent, note, mine from items order by id"));
  }

  @Test
  void truncateOfTheParentsLeavesTheRowsThatCameAfterIt() {
    children(ITEMS);
    owner.commit(
        batch(ITEMS, CHILD).upsert(6, 10, 3, Cell.UNCHANGED).build(),
        batch(PARENTS, PARENT).truncate(5).upsert(5, 3, "r").build());
    assertEquals(
        List.of(List.of(10, 3, "kept", "mine")),
        database.rows("select id, parent, note, mine from items order by id"));
  }

  @Test
  void cascadeOverSeveralTablesAndWithinOneIsSurvived() {
    database.execute(
        "create table items (id int primary key, note text,"
            + " parent int references items on delete cascade)");
    owner.commit(
        batch(ITEMS, CHILD)
            .upsert(2, 1, null, "root")
            .upsert(2, 2, 1, "middle")
            .upsert(2, 3, 2, "leaf")
            .build());
    owner.commit(
        batch(ITEMS, CHILD)
            .upsert(3, 3, null, Cell.UNCHANGED)
            .upsert(3, 2, 3, Cell.UNCHANGED)
            .delete(4, 1)
            .build());
    assertEquals(
        List.of(List.of(2, 3, "middle"), Arrays.asList(3, null, "leaf")),
        database.rows("select id, parent, note from items order by id"));
  }

  @Test
  void changesAreNoNewerAfterACascade() {
    children(ITEMS);
    owner.commit(
        batch(ITEMS, CHILD).upsert(30, 10, 2, Cell.UNCHANGED).build(),
        batch(PARENTS, PARENT).delete(4, 1).build());
    assertEquals(
        1, owner.commit(batch(ITEMS, CHILD).upsert(25, 10, 2, "old").build()).skips().total());
    assertEquals(
        List.of(List.of("kept", 30L, "u")),
        database.rows("select note, _cdc_lsn, _cdc_op from items"));
  }

  /** A partial update that finds no row is never taken for an old one. */
  @Test
  void rowThatATriggerRemovesMeanwhileIsNotLostInSilence() {
    TableId children = new TableId("public", "z_children");
    database.execute(
        "create table z_children (id int primary key, parent int, note text)",
        "create function reap() returns trigger language plpgsql as"
            + " 'begin delete from z_children where parent = old.id; return old; end'",
        "create trigger reap before delete on parents for each row execute function reap()");
    owner.commit(batch(children, CHILD).upsert(2, 10, 1, "kept").build());
    Commit commit =
        owner.prepare(
            batch(children, CHILD).upsert(3, 10, 2, Cell.UNCHANGED).build(),
            batch(PARENTS, PARENT).delete(4, 1).build());
    RecordException refusal = assertThrows(RecordException.class, () -> owner.commit(commit));
    assertEquals(RowKey.of(10), refusal.key());
    assertTrue(
        refusal.getMessage().contains("note") && refusal.getMessage().contains("trigger"),
        refusal.getMessage());
    assertThat(database.rows("select id from z_children")).containsExactly(List.of(10));
  }

  @Test
  void updateThatComesAfterTheCascadeIsRefused() {
    children(ITEMS);
    owner.commit(batch(PARENTS, PARENT).delete(4, 1).build());
    assertThrows(
        RecordException.class,
        () -> owner.commit(batch(ITEMS, CHILD).upsert(3, 10, 2, Cell.UNCHANGED).build()));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Batches.optional;
import static io.lakehousecdc.sink.spi.Warehouse.counted;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.OutOfOrderException;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.postgres.catalog.SharedConstraints;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.Target;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Constraints that the target has beside the key. */
class PostgresConstraintsIT extends PostgresFixture {
  private static final TableId PARENTS = new TableId("public", "parents");
  private static final TableId CHILDREN = new TableId("public", "a_children");
  private static final RowSchema ITEM =
      keyed(optional("email", Primitive.TEXT), optional("note", Primitive.TEXT));
  private static final RowSchema PARENT = keyed(optional("name", Primitive.TEXT));
  private static final RowSchema CHILD = keyed(optional("parent", Primitive.INT32));

  @Test
  void rowsThatSwapAUniqueValueConverge() {
    database.execute(
        "create table items (id int primary key, email text unique, note text,"
            + " extra text default 'd')");
    Target target = open();
    PartitionOwner owner = owner(target, 0);
    owner.commit(
        batch(ITEMS, ITEM)
            .upsert(1, 1, "a", "n1")
            .upsert(1, 2, "b", "n2")
            .upsert(1, 3, "c", "n3")
            .upsert(9, 4, "newer", "n4")
            .build());
    database.execute("update items set extra = 'kept ' || id");
    CommitReceipt receipt =
        owner.commit(
            batch(ITEMS, ITEM)
                .upsert(2, 1, "b", Cell.UNCHANGED)
                .upsert(2, 2, "c", "new")
                .upsert(2, 3, "a", Cell.ABSENT)
                .upsert(2, 4, "stale", null)
                .upsert(2, 5, "d", Cell.ABSENT)
                .build());
    assertEquals(
        List.of(
            List.of(1, "b", "n1", "kept 1"),
            List.of(2, "c", "new", "kept 2"),
            List.of(3, "a", "n3", "kept 3"),
            List.of(4, "newer", "n4", "kept 4"),
            Arrays.asList(5, "d", null, "d")),
        database.rows("select id, email, note, extra from items order by id"));
    assertEquals(new CommitReceipt(4, 0, 1, 0, 0), counted(receipt));
    assertEquals(1, target.gauges().get("postgres-swapped-batches").getAsLong());
    owner.commit(batch(ITEMS, ITEM).upsert(3, 1, "e", "x").build());
    assertEquals(1, target.gauges().get("postgres-swapped-batches").getAsLong());
  }

  @Test
  void uniqueValuePassesFromADeletedRowToANewOne() {
    database.execute("create table items (id int primary key, email text unique, note text)");
    PartitionOwner owner = owner();
    owner.commit(batch(ITEMS, ITEM).upsert(1, 1, "a", "n").build());
    owner.commit(batch(ITEMS, ITEM).upsert(3, 2, "a", "n").delete(2, 1).build());
    assertEquals(List.of(List.of(2, "a")), database.rows("select id, email from items"));
  }

  @Test
  void uniqueValueThatAnotherRowStillHoldsMayComeInOrderLater() {
    database.execute("create table items (id int primary key, email text unique, note text)");
    PartitionOwner owner = owner();
    owner.commit(batch(ITEMS, ITEM).upsert(1, 1, "a", "n").build());
    Commit early = owner.prepare(batch(ITEMS, ITEM).upsert(3, 2, "a", "n").build());
    assertThrows(OutOfOrderException.class, () -> owner.commit(early));
    owner.commit(batch(ITEMS, ITEM).upsert(3, 2, "a", "n").upsert(2, 1, "z", "n").build());
    assertEquals(
        List.of(List.of(1, "z"), List.of(2, "a")),
        database.rows("select id, email from items order by id"));
  }

  @Test
  void swapNeverCascadesIntoOtherTables() {
    database.execute(
        "create table items (id int primary key, email text unique, note text)",
        "create table others (id int references items on delete cascade)");
    PartitionOwner owner = owner();
    owner.commit(batch(ITEMS, ITEM).upsert(1, 1, "a", "n").upsert(1, 2, "b", "n").build());
    database.execute("insert into others values (1), (2)");
    Commit swap =
        owner.prepare(batch(ITEMS, ITEM).upsert(2, 1, "b", "n").upsert(2, 2, "a", "n").build());
    assertThrows(OutOfOrderException.class, () -> owner.commit(swap));
    assertEquals(2, database.number("select count(*) from others"));
  }

  /** Why {@link SharedConstraints} warns: no order of the two commits satisfies the foreign key. */
  @Test
  void foreignKeyBetweenTablesOfTwoTasksMayMakeEachWaitForTheOther() {
    database.execute(
        "create table parents (id int primary key, name text)",
        "create table a_children (id int primary key, parent int references parents)");
    PartitionOwner ofParents = owner(open(), 0);
    PartitionOwner ofChildren = owner(open(), 1);
    ofParents.commit(batch(PARENTS, PARENT).upsert(1, 1, "old").build());
    ofChildren.commit(batch(CHILDREN, CHILD).upsert(2, 10, 1).build());
    Commit parents =
        ofParents.prepare(batch(PARENTS, PARENT).delete(4, 1).upsert(5, 2, "new").build());
    Commit children =
        ofChildren.prepare(batch(CHILDREN, CHILD).delete(3, 10).upsert(6, 20, 2).build());
    assertThrows(OutOfOrderException.class, () -> ofParents.commit(parents));
    assertThrows(OutOfOrderException.class, () -> ofChildren.commit(children));
    owner(open(), 2).commit(PartitionOwner.together(parents, children));
    assertEquals(
        List.of(List.of(20, 2)), database.rows("select id, parent from a_children"), "one task");
  }

  @Test
  void parentsAreWrittenBeforeChildrenAndRemovedAfterThem() {
    database.execute(
        "create table parents (id int primary key, name text)",
        "create table a_children (id int primary key, parent int not null references parents)");
    PartitionOwner owner = owner();
    owner.commit(
        batch(CHILDREN, CHILD).upsert(1, 10, 1).build(),
        batch(PARENTS, PARENT).upsert(1, 1, "p").build());
    owner.commit(
        batch(CHILDREN, CHILD).upsert(2, 11, 2).delete(2, 10).build(),
        batch(PARENTS, PARENT).upsert(2, 2, "q").delete(2, 1).build());
    assertEquals(List.of(List.of(11, 2)), database.rows("select id, parent from a_children"));
    assertEquals(List.of(List.of(2)), database.rows("select id from parents"));
  }

  @Test
  void childWithoutItsParentIsOutOfOrderAndAppliedWithItLater() {
    database.execute(
        "create table parents (id int primary key, name text)",
        "create table a_children (id int primary key, parent int references parents)");
    PartitionOwner owner = owner();
    Commit early = owner.prepare(batch(CHILDREN, CHILD).upsert(1, 10, 1).build());
    assertThrows(OutOfOrderException.class, () -> owner.commit(early));
    assertEquals(0, database.number("select count(*) from _cdc_offsets"));
    owner.commit(
        batch(CHILDREN, CHILD).upsert(1, 10, 1).build(),
        batch(PARENTS, PARENT).upsert(1, 1, "p").build());
    assertEquals(1, database.number("select count(*) from a_children"));
  }

  @Test
  void deferrableForeignKeysAreCheckedAtTheEndAlsoInRehearsal() {
    database.execute(
        "create table parents (id int primary key, name text, child int)",
        "create table a_children (id int primary key,"
            + " parent int references parents deferrable)",
        "alter table parents add foreign key (child) references a_children deferrable");
    RowSchema circular = keyed(optional("child", Primitive.INT32));
    Target target = open();
    PartitionOwner owner = owner(target, 0);
    owner.commit(
        batch(CHILDREN, CHILD).upsert(1, 10, 1).build(),
        batch(PARENTS, circular).upsert(1, 1, 10).build());
    Commit dangling = owner.prepare(batch(CHILDREN, CHILD).upsert(2, 11, 77).build());
    assertThrows(OutOfOrderException.class, () -> target.rehearse(dangling));
    assertThrows(OutOfOrderException.class, () -> target.commit(dangling));
    assertEquals(1, database.number("select count(*) from a_children"));
  }

  @Test
  void checkConstraintRejectsTheRecord() {
    database.execute(
        "create table items (id int primary key, email text check (email <> ''), note text)");
    PartitionOwner owner = owner();
    assertThrows(
        RecordException.class,
        () -> owner.commit(batch(ITEMS, ITEM).upsert(1, 1, "", null).build()));
  }
}

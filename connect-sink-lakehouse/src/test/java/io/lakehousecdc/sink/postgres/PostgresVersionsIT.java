// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Batches.optional;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.HistoryBatchBuilder;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.batch.TransactionVisibility;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.HistoryOptions;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.testkit.Await;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What versions of rows are in PostgreSQL, beyond the contract of all targets. */
class PostgresVersionsIT extends PostgresFixture {
  private static final RowSchema NAMED = keyed(optional("name", Primitive.TEXT));
  private static final TableOptions VERSIONS =
      TableOptions.DEFAULT.withHistory(HistoryOptions.DEFAULT);
  private static final Map<String, String> WITH_VIEW =
      Map.of("postgres.history.current.view", "true");

  @Test
  void oneVersionOfARowIsCurrentByAnIndex() {
    PartitionOwner owner = owner(open(VERSIONS), 0);
    owner.commit(batch(ITEMS, NAMED).create(10, 1, "a").build());
    owner.commit(batch(ITEMS, NAMED).upsert(20, 1, "b").build());
    assertThat(
            database.rows(
                "select name, valid_from = timestamptz 'epoch' + interval '10 ms',"
                    + " valid_to = timestamptz 'epoch' + interval '20 ms' from items"
                    + " where not is_current"))
        .containsExactly(List.of("a", true, true));
    assertThatThrownBy(() -> database.execute("update items set is_current = true"))
        .hasMessageContaining("unique");
    assertThat(
            database.rows(
                "select a.attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid"
                    + " and a.attnum = any (i.indkey) where i.indrelid = 'items'::regclass"
                    + " and i.indisprimary order by a.attname"))
        .containsExactly(
            List.of("_cdc_from_commit_lsn"),
            List.of("_cdc_from_epoch"),
            List.of("_cdc_from_lsn"),
            List.of("id"));
  }

  @Test
  void viewShowsTheRowsAsTheyAreNow() {
    PartitionOwner owner = owner(open(VERSIONS, WITH_VIEW), 0);
    owner.commit(batch(ITEMS, NAMED).create(10, 1, "a").create(11, 2, "b").build());
    owner.commit(batch(ITEMS, NAMED).upsert(20, 1, "aa").delete(21, 2).build());
    assertThat(database.rows("select id, name from items_current"))
        .containsExactly(List.of(1, "aa"));
  }

  @Test
  void viewFollowsNewAndWiderColumns() {
    RowSchema narrow = keyed(optional("qty", Primitive.INT32));
    RowSchema wide = keyed(optional("qty", Primitive.INT64), optional("extra", Primitive.TEXT));
    PartitionOwner owner = owner(open(VERSIONS, WITH_VIEW), 0);
    owner.commit(batch(ITEMS, narrow).create(10, 1, 5).build());
    owner.commit(batch(ITEMS, wide).upsert(20, 1, 6L << 40, "x").build());
    assertThat(database.rows("select id, qty, extra from items_current"))
        .containsExactly(List.of(1, 6L << 40, "x"));
    assertThat(database.rows("select qty from items where not is_current"))
        .containsExactly(List.of(5L));
  }

  @Test
  void tableWithoutVersionsIsRefused() {
    owner(open(), 0).commit(batch(ITEMS, NAMED).create(10, 1, "a").build());
    PartitionOwner owner = owner(open(VERSIONS), 1);
    assertThatThrownBy(() -> owner.commit(batch(ITEMS, NAMED).upsert(20, 1, "b").build()))
        .isInstanceOf(FatalException.class)
        .hasMessageContaining("holds no versions")
        .hasMessageContaining("table.name.map");
    assertThat(database.rows("select name from items")).containsExactly(List.of("a"));
  }

  @Test
  void uniqueColumnsOfAUsersTableAreRefused() {
    PartitionOwner owner = owner(open(VERSIONS), 0);
    owner.commit(batch(ITEMS, NAMED).create(10, 1, "a").build());
    database.execute("alter table items add unique (name)");
    PartitionOwner next = owner(open(VERSIONS), 0);
    assertThatThrownBy(() -> next.commit(batch(ITEMS, NAMED).upsert(20, 1, "a").build()))
        .isInstanceOf(FatalException.class)
        .hasMessageContaining("several rows of a key");
  }

  /** A collation may hold texts for equal, and json has no equality at all. */
  @Test
  void textsAndDocumentsAreComparedByteByByte() {
    database.execute(
        "create collation folded (provider = icu, locale = 'und-u-ks-level2',"
            + " deterministic = false)");
    PartitionOwner owner = owner(open(VERSIONS), 0);
    RowSchema schema =
        keyed(
            optional("name", Primitive.TEXT),
            optional("doc", Primitive.JSON),
            optional("part", Primitive.XML));
    owner.commit(batch(ITEMS, schema).create(10, 1, "a", "{\"a\": 1}", "<a/>").build());
    database.execute("alter table items alter name type text collate folded");
    PartitionOwner next = owner(open(VERSIONS), 0);
    next.commit(batch(ITEMS, schema).upsert(20, 1, "a", "{\"a\": 1}", "<a/>").build());
    next.commit(batch(ITEMS, schema).upsert(30, 1, "A", "{\"a\": 1}", "<a/>").build());
    next.commit(batch(ITEMS, schema).upsert(40, 1, "A", "{\"a\": 2}", "<a/>").build());
    next.commit(batch(ITEMS, schema).upsert(50, 1, "A", "{\"a\": 2}", "<b/>").build());
    assertThat(database.rows("select count(*) from items")).containsExactly(List.of(4L));
  }

  /** A key of its own, such as a dimension's, is that of one version. */
  @Test
  void identityOfAUsersColumnIsNewWithEachVersion() {
    PartitionOwner owner = owner(open(VERSIONS), 0);
    owner.commit(batch(ITEMS, NAMED).create(10, 1, "a").build());
    database.execute(
        "alter table items add sk bigint generated always as identity unique,"
            + " add part text default 'none'");
    database.execute("update items set part = 'mine'");
    PartitionOwner next = owner(open(VERSIONS), 0);
    next.commit(batch(ITEMS, NAMED).upsert(20, 1, "c").build());
    next.commit(batch(ITEMS, NAMED).upsert(30, 1, "c").build());
    next.commit(batch(ITEMS, NAMED).upsert(25, 1, "b").build());
    assertThat(database.rows("select count(distinct sk), count(*), min(part) from items"))
        .containsExactly(List.of(4L, 4L, "mine"));
  }

  /** As from a dimension that was kept by other means before. */
  @Test
  void versionsThatOthersHaveWrittenAreEndedToo() {
    PartitionOwner owner = owner(open(VERSIONS), 0);
    owner.commit(batch(ITEMS, NAMED).create(10, 7, "z").build());
    for (int id = 1; id <= 4; id++) {
      database.execute(
          "insert into items (id, name, valid_from, is_current, _cdc_from_epoch,"
              + " _cdc_from_commit_lsn, _cdc_from_lsn) values ("
              + id
              + ", 'a', '-infinity', true, 0, 0, 0)");
    }
    owner.commit(batch(ITEMS, NAMED).upsert(20, 1, "b").delete(21, 2).upsert(22, 3, "a").build());
    assertThat(
            database.rows(
                "select id, name, is_current from items where id in (1, 2, 3)"
                    + " order by id, valid_from"))
        .containsExactly(
            List.of(1, "a", false),
            List.of(1, "b", true),
            List.of(2, "a", false),
            List.of(3, "a", true));
    owner.commit(batch(ITEMS, NAMED).truncate(30).build());
    assertThat(database.rows("select id from items where is_current")).isEmpty();
  }

  @Test
  void bigValuesAndQuotedNamesMakeVersions() {
    RowSchema schema =
        new RowSchema(
            List.of(
                Batches.required("the \"Id\"", Primitive.INT32),
                Batches.required("Part", Primitive.TEXT),
                optional("big Text", Primitive.TEXT),
                optional("n", Primitive.INT32)),
            List.of(1, 0));
    String big = "x".repeat(20_000);
    PartitionOwner owner = owner(open(VERSIONS, WITH_VIEW), 0);
    owner.commit(
        batch(ITEMS, schema).create(10, 1, "p", big, 1).create(11, 1, "q", "s", 1).build());
    owner.commit(
        batch(ITEMS, schema)
            .upsert(20, 1, "p", Cell.UNCHANGED, 2)
            .upsert(21, 1, "q", big, 2)
            .build());
    owner.commit(batch(ITEMS, schema).truncate(30).build());
    assertThat(database.rows("select length(\"big Text\"), n from items order by \"Part\", n"))
        .containsExactly(List.of(20_000, 1), List.of(20_000, 2), List.of(1, 1), List.of(20_000, 2));
    assertThat(database.rows("select * from items_current")).isEmpty();
  }

  /** Of a floor whose time is not known versions end with their last change. */
  @Test
  void bigTablesAreTruncatedAndSweptRangeByRange() {
    Target target = open(VERSIONS, Map.of("postgres.maintenance.min.bytes", "0"));
    PartitionOwner owner = owner(target, 0).completed(50);
    owner.commit(batch(ITEMS, NAMED).create(10, 1, "a").create(11, 2, "b").build());
    owner.commit(batch(ITEMS, NAMED).truncate(20).create(25, 1, "aa").create(26, 2, "bb").build());
    owner.commit(
        batch(ITEMS, NAMED).sweep("topic", 50, Sweep.Mode.REMOVE).create(60, 2, "bbb").build());
    Await.until(
        "the sweep is over", () -> database.number("select count(*) from _cdc_sweep_work") == 0);
    assertThat(
            database.rows(
                "select id, name, (extract(epoch from valid_to) * 1000)::int from items"
                    + " where not is_current order by id, valid_from"))
        .containsExactly(
            List.of(1, "a", 10), List.of(1, "aa", 25), List.of(2, "b", 11), List.of(2, "bb", 26));
    assertThat(database.rows("select name from items where is_current"))
        .containsExactly(List.of("bbb"));
  }

  /** A deferrable key is checked when the transaction ends. */
  @Test
  void keyThatIsUsedTwiceInATransactionHasTheVersionThatIsLeft() {
    PartitionOwner owner = owner(open(VERSIONS), 0);
    owner.commit(batch(ITEMS, NAMED).create(10, 1, "a").create(11, 2, "b").build());
    HistoryBatchBuilder swap = new HistoryBatchBuilder(ITEMS);
    upsert(swap, Operation.CREATE, 21, 2, "a");
    delete(swap, 20, 1);
    delete(swap, 22, 2);
    upsert(swap, Operation.CREATE, 23, 1, "b");
    owner.commit(swap.build());
    assertThat(database.rows("select id, name from items where is_current order by id"))
        .containsExactly(List.of(1, "b"), List.of(2, "a"));
  }

  private static void upsert(
      HistoryBatchBuilder builder, Operation operation, long lsn, int id, String name) {
    builder.upsert(
        NAMED,
        RowKey.of(id),
        new Object[] {id, name},
        info(operation, lsn),
        TransactionVisibility.FROM_START);
  }

  private static void delete(HistoryBatchBuilder builder, long lsn, int id) {
    builder.delete(
        NAMED, RowKey.of(id), null, info(Operation.DELETE, lsn), TransactionVisibility.FROM_START);
  }

  /** Changes of one transaction. */
  private static ChangeInfo info(Operation operation, long lsn) {
    return new ChangeInfo(operation, new Position(0, 12, lsn), 20_000);
  }
}

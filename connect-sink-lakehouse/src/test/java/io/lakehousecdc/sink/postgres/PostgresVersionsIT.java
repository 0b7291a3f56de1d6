// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Batches.optional;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.HistoryBatchBuilder;
import io.lakehousecdc.sink.batch.TransactionVisibility;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.HistoryOptions;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
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

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Batches.optional;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.History;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.LoadedPartition;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.PartitionState;
import io.lakehousecdc.sink.spi.PendingSweep;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The sink's own tables as version 0.1 made them are read, altered and carried over. */
class PostgresUpgradeIT extends PostgresFixture {
  private static final RowSchema NAMED = keyed(optional("name", Primitive.TEXT));
  private static final SourcePartition QUIET = new SourcePartition("topic", 0);
  private static final SourcePartition BUSY = new SourcePartition("topic", 1);

  /** As version 0.1 created them. */
  private static final List<String> TABLES =
      List.of(
          """
          CREATE TABLE IF NOT EXISTS "public"."_cdc_offsets"
           (connector text NOT NULL, topic text NOT NULL, partition integer NOT NULL,
            next_offset bigint NOT NULL, epoch integer NOT NULL, commit_lsn bigint NOT NULL,
            lsn bigint NOT NULL, snapshot_lsn bigint NOT NULL, completed_snapshot_lsn bigint NOT NULL,
            latest_commit_us bigint NOT NULL, tie_count integer NOT NULL DEFAULT 0,
            first_tie bigint NOT NULL DEFAULT 0, commit_id uuid,
            updated_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (connector, topic, partition)) WITH (fillfactor = 50)""",
          """
          CREATE TABLE IF NOT EXISTS "public"."_cdc_truncates"
           (table_name text PRIMARY KEY, epoch integer NOT NULL, commit_lsn bigint NOT NULL,
           lsn bigint NOT NULL, updated_at timestamptz NOT NULL DEFAULT now())""",
          """
          CREATE TABLE IF NOT EXISTS "public"."_cdc_sweeps"
           (connector text NOT NULL, topic text NOT NULL, table_schema text NOT NULL,
            table_name text NOT NULL, epoch integer NOT NULL, lsn bigint NOT NULL,
            asked_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (connector, topic, table_schema, table_name))""",
          """
          CREATE TABLE IF NOT EXISTS "public"."_cdc_columns"
           (table_name text PRIMARY KEY, columns text NOT NULL,
           updated_at timestamptz NOT NULL DEFAULT now())""");

  @BeforeEach
  void createTables() {
    TABLES.forEach(database::execute);
    database.execute(
        "insert into _cdc_offsets (connector, topic, partition, next_offset, epoch, commit_lsn,"
            + " lsn, snapshot_lsn, completed_snapshot_lsn, latest_commit_us, tie_count, first_tie)"
            + " values ('sink', 'topic', 0, 7, 0, 9000, 9001, 500, 500, 1700000000000000, 3, 42),"
            + " ('sink', 'topic', 1, 8, 1, 60, 61, 40, -1, 1800000000000000, 0, 0),"
            + " ('another', 'topic', 0, 9, 5, 1, 1, -1, -1, 1900000000000000, 0, 0)");
    database.execute(
        "insert into _cdc_truncates (table_name, epoch, commit_lsn, lsn)"
            + " values ('\"public\".\"items\"', 1, 50, 50), ('\"public\".\"other\"', 0, 5, 5)");
    database.execute(
        "insert into _cdc_sweeps (connector, topic, table_schema, table_name, epoch, lsn)"
            + " values ('sink', 'topic', 'public', 'items', 1, 40)");
  }

  @Test
  void statesOfVersion01BelongToAnUnknownSource() {
    PartitionState quiet =
        new PartitionState(7, new Position(0, 9000, 9001), 500, 500, 1_700_000_000_000_000L);
    PartitionState busy =
        new PartitionState(8, new Position(1, 60, 61), 40, -1, 1_800_000_000_000_000L);
    assertThat(open().load(Set.of(QUIET, BUSY)))
        .isEqualTo(
            Map.of(
                QUIET, new LoadedPartition(quiet, Map.of()),
                BUSY, new LoadedPartition(busy, Map.of())));
  }

  @Test
  void historiesAreMadeOfTheStatesUntilSomeAreStored() {
    Target target = open();
    Histories carriedOver =
        Histories.of(
            List.of(
                new History(0, SourceId.UNKNOWN, History.ALWAYS),
                new History(1, SourceId.UNKNOWN, 1_800_000_000_000_000L)),
            Map.of());
    assertThat(target.histories()).as("before the first commit").isEqualTo(carriedOver);
    SourceId shop = new SourceId("shop", "db", "postgresql");
    Histories claimed =
        Histories.of(
            List.of(
                new History(0, shop, History.ALWAYS), new History(1, shop, 1_800_000_000_000_000L)),
            Map.of(shop, Set.of("items")));
    PartitionOwner.of(target, BUSY)
        .knowing(claimed)
        .commit(batch(ITEMS, NAMED).upsert(new Position(1, 70, 70), 1, "one").build());
    assertThat(open().histories()).as("after it").isEqualTo(claimed);
  }

  @Test
  void truncateOfVersion01HoldsForOlderHistories() {
    PartitionOwner owner = PartitionOwner.of(open(), QUIET);
    owner.commit(
        rows(
            upsert(new Position(0, 9500, 9500), 1_750_000_000_000_000L, 1),
            upsert(new Position(0, 60, 60), 1_850_000_000_000_000L, 2),
            upsert(new Position(1, 40, 40), 1_850_000_000_000_000L, 3),
            upsert(new Position(1, 80, 80), 1_850_000_000_000_000L, 4)));
    assertThat(database.rows("select id from items order by id"))
        .containsExactly(List.of(2), List.of(4));
    assertThat(database.value("select kind from _cdc_truncates where table_name like '%items%'"))
        .isEqualTo("truncate");
  }

  @Test
  void sweepOfVersion01GoesOnWaiting() {
    assertThat(open().pendingSweeps(Set.of("topic")))
        .containsExactly(new PendingSweep(ITEMS, "topic", new Position(1, 40, 0), 0));
  }

  @Test
  void keysTellEpochsApart() {
    open();
    assertThat(key("_cdc_truncates")).isEqualTo("table_name,epoch,commit_lsn,lsn");
    assertThat(key("_cdc_sweeps")).isEqualTo("connector,topic,table_schema,table_name,epoch");
  }

  /** As it was before all truncates of tables of versions were kept. */
  @Test
  void truncatesThatHadOneRowOfAnEpochAreKept() {
    database.execute(
        "alter table _cdc_truncates drop constraint _cdc_truncates_pkey,"
            + " add column kind text not null default 'truncate',"
            + " add primary key (table_name, epoch)");
    String before = "select table_name, epoch, commit_lsn, lsn, kind from _cdc_truncates";
    List<List<Object>> kept = database.rows(before);
    open();
    assertThat(key("_cdc_truncates")).isEqualTo("table_name,epoch,commit_lsn,lsn");
    assertThat(database.rows(before)).isNotEmpty().isEqualTo(kept);
    assertThat(database.rows("select distinct at_micros from _cdc_truncates"))
        .containsExactly(List.of(0L));
  }

  private Object key(String table) {
    return database.value(
        "select string_agg(a.attname, ',' order by a.attnum) from pg_index i join pg_attribute a"
            + " on a.attrelid = i.indrelid and a.attnum = any(i.indkey)"
            + " where i.indisprimary and i.indrelid = '"
            + table
            + "'::regclass");
  }

  @Test
  void rowThatVersion01HasWrittenSinceOutranksTheStateBesideIt() {
    PartitionOwner.of(open(), BUSY)
        .commit(batch(ITEMS, NAMED).upsert(new Position(1, 70, 70), 1, "one").build());
    database.execute(
        "update _cdc_offsets set next_offset = 20, commit_lsn = 90, lsn = 90"
            + " where connector = 'sink' and partition = 1");
    assertThat(open().load(Set.of(BUSY)).get(BUSY).state())
        .returns(20L, PartitionState::nextOffset)
        .returns(new Position(1, 90, 90), state -> state.latest().highWater());
  }

  @Test
  void userWhoMayNotAlterTheTablesIsToldWhatToRun() {
    database.execute("create role upgrade_writer login password 'secret'");
    database.execute(
        "grant select, insert, update, delete on all tables in schema public"
            + " to upgrade_writer");
    database.execute("grant usage, create on schema public to upgrade_writer");
    assertThatExceptionOfType(FatalException.class)
        .isThrownBy(
            () ->
                new PostgresTargetFactory()
                    .open(
                        SharedPostgres.settings(
                            Map.of(
                                "postgres.url", database.jdbcUrl(),
                                "postgres.user", "upgrade_writer",
                                "postgres.password", "secret"),
                            TableOptions.DEFAULT),
                        new TargetContext("sink", 0)))
        .withMessageContaining(
            "ALTER TABLE \"public\".\"_cdc_offsets\" ADD COLUMN IF NOT EXISTS state text");
  }

  private static TableBatch rows(RowChange... changes) {
    return new TableBatch(ITEMS, NAMED, List.of(changes), List.of(), Optional.empty());
  }

  private static RowChange upsert(Position position, long micros, int id) {
    return new RowChange.Upsert(
        RowKey.of(id), new Object[] {id, "x"}, new ChangeInfo(Operation.UPDATE, position, micros));
  }
}

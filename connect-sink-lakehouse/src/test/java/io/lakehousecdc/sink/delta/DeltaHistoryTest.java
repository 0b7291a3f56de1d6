// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static io.lakehousecdc.sink.spi.Batches.batch;
import static io.lakehousecdc.sink.spi.Warehouse.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.storage.FileInput;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.delta.table.IndexSettings;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.HistoryOptions;
import io.lakehousecdc.sink.spi.HistoryOptions.HistoryColumns;
import io.lakehousecdc.sink.spi.HistoryOptions.Since;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.TrackedColumns;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is Delta's own in tables of versions: which files are read, the index, other options. */
class DeltaHistoryTest implements Warehouse {
  private static final TableOptions VERSIONS =
      TableOptions.DEFAULT.withHistory(HistoryOptions.DEFAULT);

  @TempDir Path root;
  @TempDir Path index;

  private final List<String> read = new ArrayList<>();
  private final List<Target> opened = new ArrayList<>();
  private final Map<String, String> settings = new HashMap<>();
  private final ForwardingFileIO store =
      new ForwardingFileIO(new LocalFileIO()) {
        @Override
        public FileInput open(String location) throws IOException {
          if (location.endsWith(".parquet") && !location.contains("/_delta_log/")) {
            read.add(location);
          }
          return super.open(location);
        }
      };

  @BeforeEach
  void withoutMaintenance() {
    settings.put(DeltaSettings.COMPACTION, "false");
  }

  @AfterEach
  void close() {
    opened.forEach(Target::close);
  }

  @Override
  public Target open(TableOptions options, TargetContext context) {
    Target target = DeltaFixture.open(store, root, options, context, settings);
    opened.add(target);
    return target;
  }

  @Override
  public List<Map<String, Object>> rows(TableId table) {
    return new KernelReader(new LocalFileIO()).rows(location(table));
  }

  @Override
  public List<DeadLetter> deadLetters(String table) {
    return List.of();
  }

  private String location(TableId table) {
    return root.resolve(table.schema()).resolve(table.name()).toString();
  }

  @Test
  void insertsReadNoFileWhereTheirKeysAreNew() {
    PartitionOwner owner = owner(VERSIONS);
    owner.commit(items().create(10, 1, "a", "x", 1L).create(20, 9, "b", "x", 1L).build());
    owner.commit(items().upsert(30, 1, "aa", "x", 1L).delete(40, 9).build());
    read.clear();
    owner.commit(items().create(50, 5, "c", "x", 1L).build());
    assertThat(read).isEmpty();
  }

  @Test
  void updatesReadTheFileOfTheCurrentVersionAlone() {
    PartitionOwner owner = owner(VERSIONS);
    owner.commit(items().create(10, 1, "a", "x", 1L).build());
    owner.commit(items().upsert(20, 1, "b", "x", 1L).build());
    owner.commit(items().create(30, 2, "c", "x", 1L).build());
    read.clear();
    owner.commit(items().upsert(40, 1, "d", "x", 1L).build());
    assertThat(read).hasSize(1);
  }

  @Test
  void lateChangeReadsNoFileOfOtherKeys() {
    PartitionOwner owner = owner(VERSIONS);
    owner.commit(items().create(10, 1, "a", "x", 1L).build());
    owner.commit(items().create(20, 5, "a", "x", 1L).build());
    owner.commit(items().upsert(30, 5, "b", "x", 1L).build());
    owner.commit(items().upsert(40, 1, "c", "x", 1L).delete(50, 1).build());
    owner.commit(items().create(60, 1, "d", "x", 1L).build());
    read.clear();
    owner.commit(items().upsert(35, 1, "late", "x", 1L).build());
    assertThat(read.stream().distinct()).hasSize(2);
    assertThatVersionsOfOne(
        row("a", 10_000L, 35_000L),
        row("late", 35_000L, 40_000L),
        row("c", 40_000L, 50_000L),
        row("d", 60_000L, null));
  }

  @Test
  void rowOfASnapshotIsNotSinceEverWhereAnOlderVersionHasEnded() {
    TableOptions sinceEver =
        TableOptions.DEFAULT.withHistory(
            new HistoryOptions(HistoryColumns.DEFAULT, Since.BEGINNING, TrackedColumns.ALL));
    PartitionOwner owner = owner(sinceEver);
    owner.commit(items().create(10, 1, "a", "x", 1L).delete(20, 1).build());
    owner.commit(items().create(50, 1, "c", "x", 1L).build());
    owner.commit(
        items()
            .change(
                new RowChange.Upsert(
                    RowKey.of(1),
                    new Object[] {1, "b", "x", 1L},
                    Batches.info(Operation.READ, Batches.at(30))))
            .build());
    assertThatVersionsOfOne(
        row("a", 10_000L, 20_000L), row("b", 30_000L, 50_000L), row("c", 50_000L, null));
  }

  @Test
  void indexThatIsBuiltAnewKnowsCurrentVersionsOnly() {
    PartitionOwner owner = owner(VERSIONS);
    owner.commit(items().create(10, 1, "a", "x", 1L).create(11, 2, "a", "x", 1L).build());
    owner.commit(items().upsert(20, 1, "b", "x", 1L).delete(21, 2).build());
    PartitionOwner other = owner(VERSIONS);
    other.commit(items().upsert(30, 1, "c", "x", 1L).create(31, 2, "b", "x", 1L).build());
    assertThatVersionsOfOne(
        row("a", 10_000L, 20_000L), row("b", 20_000L, 30_000L), row("c", 30_000L, null));
    assertThatRows(ITEMS, "id", "is_current")
        .areExactly(row(1, false), row(1, false), row(1, true), row(2, false), row(2, true));
  }

  @Test
  void keptIndexKnowsCurrentVersionsOnly() {
    settings.put(IndexSettings.DIRECTORY, index.toString());
    PartitionOwner owner = owner(VERSIONS);
    owner.commit(items().create(10, 1, "a", "x", 1L).build());
    owner.commit(items().upsert(20, 1, "b", "x", 1L).build());
    close();
    opened.clear();
    owner(VERSIONS).commit(items().upsert(30, 1, "c", "x", 1L).build());
    assertThatVersionsOfOne(
        row("a", 10_000L, 20_000L), row("b", 20_000L, 30_000L), row("c", 30_000L, null));
  }

  @Test
  void compactionLeavesVersionsFound() {
    settings.put(DeltaSettings.COMPACTION, "true");
    Target target = open(VERSIONS);
    PartitionOwner owner = PartitionOwner.of(target, P0);
    List<List<Object>> expected = new ArrayList<>();
    int commits = 0;
    while (target.gauges().get("delta-compactions").getAsLong() == 0 || commits % 7 != 0) {
      commits++;
      owner.commit(items().upsert(commits, 1, "n" + commits, "x", 1L).build());
      expected.add(row("n" + commits, commits * 1_000L, (commits + 1) * 1_000L));
      assertThat(commits).as("commits without a compaction").isLessThan(500);
    }
    expected.set(commits - 1, row("n" + commits, commits * 1_000L, null));
    assertThatRows(ITEMS, "name", "valid_from", "valid_to").areExactly(expected);
  }

  @Test
  void largeUntouchedValuesAreCopiedFromVersionToVersion() {
    PartitionOwner owner = owner(VERSIONS);
    String large = "x".repeat(512 << 10);
    Batches creates = items();
    Batches updates = items();
    for (int id = 0; id < 50; id++) {
      creates.create(10, id, "a", large + id, 1L);
      updates.upsert(20, id, "b", Cell.UNCHANGED, 1L);
    }
    owner.commit(creates.build());
    owner.commit(updates.build());
    List<Map<String, Object>> rows = rows(ITEMS);
    assertThat(rows).hasSize(100);
    assertThat(rows)
        .allMatch(row -> row.get("note").equals(large + row.get("id")))
        .allMatch(row -> row.get("name").equals("a") == (row.get("valid_to") != null));
  }

  @Test
  void widerColumnLeavesARowAsItIs() {
    PartitionOwner owner = owner(VERSIONS);
    owner.commit(batch(ITEMS, numbers(Primitive.INT16)).upsert(10, 1, (short) 7).build());
    owner.commit(batch(ITEMS, numbers(Primitive.INT64)).upsert(20, 1, 7L).build());
    owner.commit(batch(ITEMS, numbers(Primitive.INT16)).upsert(30, 1, (short) 7).build());
    assertThatRows(ITEMS, "id", "n", "valid_from", "valid_to")
        .areExactly(row(1, 7L, 10_000L, null));
  }

  private static RowSchema numbers(Primitive type) {
    return Batches.schema(1, Batches.required("id", Primitive.INT32), Batches.optional("n", type));
  }

  @Test
  void tableWithRowsThatAreNoVersionsIsRefused() {
    owner(TableOptions.DEFAULT).commit(items().upsert(10, 1, "a", "x", 1L).build());
    PartitionOwner owner = owner(VERSIONS);
    assertThatThrownBy(() -> owner.commit(items().upsert(20, 1, "b", "x", 1L).build()))
        .isInstanceOf(FatalException.class)
        .hasMessageContaining("valid_from")
        .hasMessageContaining("table.name.map");
  }

  @Test
  void tableWithoutRowsBecomesOneOfVersions() {
    PartitionOwner before = owner(TableOptions.DEFAULT);
    before.commit(items().upsert(10, 1, "a", "x", 1L).build());
    before.commit(items().delete(20, 1).build());
    PartitionOwner owner = owner(VERSIONS);
    owner.commit(items().create(30, 1, "b", "x", 1L).build());
    assertThatVersionsOfOne(row("b", 30_000L, null));
  }

  @Test
  void tableOfVersionsTakesNoOtherRows() {
    owner(VERSIONS).commit(items().create(10, 1, "a", "x", 1L).build());
    for (TableOptions options : List.of(TableOptions.DEFAULT, Warehouse.append())) {
      assertThatThrownBy(() -> owner(options).commit(items().upsert(20, 1, "b", "x", 1L).build()))
          .isInstanceOf(FatalException.class)
          .hasMessageContaining("versions")
          .hasMessageContaining("write.mode");
    }
  }

  @Test
  void columnOfTheSourceThatIsNamedAsOneOfTheSinkIsRefused() {
    RowSchema schema =
        Batches.schema(
            1,
            Batches.required("id", Primitive.INT32),
            Batches.optional("Is_Current", Primitive.BOOLEAN));
    PartitionOwner owner = owner(VERSIONS);
    assertThatThrownBy(() -> owner.commit(batch(ITEMS, schema).upsert(10, 1, true).build()))
        .isInstanceOf(FatalException.class)
        .hasMessageContaining("Is_Current")
        .hasMessageContaining("history.column.*");
  }

  @Test
  void changeThatComesAgainReopensNoVersionWhereOthersHaveDeletedTheNextOne() throws IOException {
    PartitionOwner owner = owner(VERSIONS);
    owner.commit(items().create(10, 1, "a", "x", 1L).build());
    owner.commit(items().upsert(20, 1, "b", "x", 1L).build());
    new ForeignWriter(new LocalFileIO(), location(ITEMS)).delete("valid_to", Objects::isNull);
    owner.commit(items().create(10, 1, "a", "x", 1L).build());
    assertThatVersionsOfOne(row("a", 10_000L, 20_000L));
  }

  private static Batches items() {
    return batch(ITEMS, ITEM);
  }

  @SafeVarargs
  private void assertThatVersionsOfOne(List<Object>... versions) {
    List<List<Object>> found = new ArrayList<>();
    rows(ITEMS).stream()
        .filter(row -> row.get("id").equals(1))
        .sorted(Comparator.comparing(row -> (Long) row.get("valid_from")))
        .forEach(
            row -> found.add(row(row.get("name"), row.get("valid_from"), row.get("valid_to"))));
    assertThat(found).containsExactly(versions);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.lakehousecdc.sink.Seeds;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.delta.ChangeFeedReader.Change;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.delta.table.IndexSettings;
import io.lakehousecdc.sink.spi.HistoryOptions;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.VersionModel;
import io.lakehousecdc.sink.spi.VersionModel.Kind;
import io.lakehousecdc.sink.spi.Warehouse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * Two tasks of different workers write the versions of a table, which another program rearranges
 * and which is opened anew time and again. It has to hold the versions of a model, whatever its
 * files are like, and its change data feed has to tell every version of the table.
 */
class DeltaHistoryRandomTest {
  private static final TableOptions VERSIONS =
      TableOptions.DEFAULT.withHistory(HistoryOptions.DEFAULT);

  @TempDir Path root;
  @TempDir Path index;

  private final LocalFileIO store = new LocalFileIO();
  private final Map<String, String> settings = new HashMap<>();
  private final Map<List<Object>, Map<String, Object>> replayed = new HashMap<>();
  private long version;

  @ParameterizedTest
  @Seeds(3)
  void tableHoldsTheVersionsOfTheModel(long seed) throws IOException {
    run(seed);
  }

  @ParameterizedTest
  @Seeds(2)
  void tableWithoutDeletionVectorsDoes(long seed) throws IOException {
    settings.put(DeltaSettings.DELETION_VECTORS, "false");
    run(seed);
  }

  @ParameterizedTest
  @Seeds(2)
  void tablePartitionedByWhatIsCurrentDoes(long seed) throws IOException {
    settings.put(DeltaSettings.PARTITION_BY, "shop.items:is_current");
    run(seed);
  }

  @ParameterizedTest
  @Seeds(2)
  void feedTellsEveryVersionOfTheTable(long seed) throws IOException {
    settings.put(DeltaSettings.CHANGE_DATA_FEED, "true");
    run(seed);
  }

  private void run(long seed) throws IOException {
    settings.put(IndexSettings.DIRECTORY, index.toString());
    Random random = new Random(seed);
    Kind kind = seed % 3 == 0 ? Kind.SHUFFLED : Kind.ORDERED;
    VersionModel model = VersionModel.random((int) seed, kind, 40);
    List<TableBatch> batches =
        kind == Kind.ORDERED
            ? model.interleaved(Warehouse.ITEMS, random)
            : model.shuffled(Warehouse.ITEMS, random);
    List<Target> targets = new ArrayList<>(List.of(open(0), open(1)));
    try {
      List<PartitionOwner> owners = new ArrayList<>(List.of(owner(targets, 0), owner(targets, 1)));
      for (TableBatch batch : batches) {
        int task = random.nextInt(2);
        owners.get(task).commit(batch);
        replayFeed();
        switch (random.nextInt(8)) {
          case 0 -> {
            targets.get(task).close();
            targets.set(task, open(task));
            owners.set(task, owner(targets, task));
          }
          case 1 -> foreign().optimize(random);
          default -> {}
        }
      }
    } finally {
      targets.forEach(Target::close);
    }
    assertThat(rows()).containsExactlyInAnyOrderElementsOf(model.rows());
  }

  private Target open(int task) {
    return DeltaFixture.open(store, root, VERSIONS, new TargetContext("sink", task), settings);
  }

  private static PartitionOwner owner(List<Target> targets, int task) {
    return PartitionOwner.of(targets.get(task), task == 0 ? Warehouse.P0 : Warehouse.P1);
  }

  private String location() {
    return root.resolve("shop").resolve("items").toString();
  }

  private ForeignWriter foreign() {
    return new ForeignWriter(store, location());
  }

  private List<List<Object>> rows() {
    List<List<Object>> rows = new ArrayList<>();
    for (Map<String, Object> row : new KernelReader(store).rows(location())) {
      rows.add(
          Warehouse.row(
              row.get("id"),
              row.get("name"),
              row.get("note"),
              row.get("qty"),
              row.get("valid_from"),
              row.get("valid_to"),
              row.get("is_current")));
    }
    return rows;
  }

  private void replayFeed() throws IOException {
    if (!settings.containsKey(DeltaSettings.CHANGE_DATA_FEED)) {
      return;
    }
    ChangeFeedReader feed = new ChangeFeedReader(root.resolve("shop").resolve("items"));
    for (long newest = feed.newest(); version <= newest; version++) {
      List<Change> coming = new ArrayList<>();
      for (Change change : feed.of(version)) {
        if (change.type().equals("delete") || change.type().equals("update_preimage")) {
          assertThat(replayed.remove(identity(change.row())))
              .as("row before %s", change)
              .isEqualTo(change.row());
        } else {
          coming.add(change);
        }
      }
      for (Change change : coming) {
        assertThat(replayed.put(identity(change.row()), change.row()))
            .as("row before %s", change)
            .isNull();
      }
    }
    Map<List<Object>, Map<String, Object>> found = new HashMap<>();
    new KernelReader(store)
        .rows(location())
        .forEach(row -> found.put(identity(row), new HashMap<>(row)));
    assertThat(replayed).isEqualTo(found);
  }

  private static List<Object> identity(Map<String, Object> row) {
    return List.of(
        row.get("id"),
        row.get("_cdc_from_epoch"),
        row.get("_cdc_from_commit_lsn"),
        row.get("_cdc_from_lsn"));
  }
}

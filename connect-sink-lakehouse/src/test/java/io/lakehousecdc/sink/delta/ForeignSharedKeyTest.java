// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.sink.delta.kernel.DataFile;
import io.lakehousecdc.sink.delta.kernel.NewCommit;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.parquet.RowFileWriter;
import io.lakehousecdc.sink.delta.parquet.WriteOptions;
import io.lakehousecdc.sink.delta.parquet.WrittenFile;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another program has inserted rows whose key other rows have. */
class ForeignSharedKeyTest {
  private final LocalFileIO store = new LocalFileIO();

  @TempDir Path root;

  @Test
  void rowsAreCountedByTheTaskThatRunsAndByTheOneThatStarts() throws Exception {
    try (Target target = open()) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      write(owner, 1, 5);
      assertEquals(0, shared(target));
      // 7 is new, 1 and 2 are the table's, and 9 is in the file twice.
      insert("first", 1, 7, 2, 9, 9);
      write(owner, 6, 6);
      assertEquals(3, shared(target));
    }
    try (Target target = open()) {
      write(PartitionOwner.of(target, Warehouse.P0), 11, 11);
      assertEquals(3, shared(target));
    }
  }

  @Test
  void rowsThatOthersMoveOrReplaceAreNotCounted() throws Exception {
    try (Target target = open()) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      write(owner, 1, 20);
      ForeignWriter others = new ForeignWriter(store, location());
      others.optimize(new Random(1));
      write(owner, 21, 21);
      others.delete("id", id -> (Integer) id <= 10);
      insert("second", 1, 2, 3);
      write(owner, 22, 22);
      others.optimize(new Random(2));
      write(owner, 5, 25);
      assertEquals(0, shared(target));
    }
    try (Target target = open()) {
      write(PartitionOwner.of(target, Warehouse.P0), 26, 26);
      assertEquals(0, shared(target));
    }
  }

  @Test
  void taskThatStartsWithAKeptIndexCountsWhatItHasMissed() throws Exception {
    Map<String, String> kept =
        Map.of("delta.compaction", "false", "delta.index.dir", root.resolve("indexes").toString());
    Files.createDirectories(root.resolve("indexes"));
    try (Target target = open(kept)) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      write(owner, 1, 5);
      insert("first", 1);
      write(owner, 6, 6);
      assertEquals(1, shared(target));
    }
    // 3 is the table's, 5 is replaced, and 8 is new.
    insert("second", 3, 8);
    ForeignWriter others = new ForeignWriter(store, location());
    others.delete("id", id -> (Integer) id == 5);
    insert("third", 5);
    try (Target target = open(kept)) {
      write(PartitionOwner.of(target, Warehouse.P0), 9, 9);
      assertEquals(2, shared(target));
    }
  }

  private static long shared(Target target) {
    return target.gauges().get("delta-rows-with-shared-key").getAsLong();
  }

  private static void write(PartitionOwner owner, int first, int last) {
    long lsn = owner.state().map(state -> state.nextOffset()).orElse(0L);
    Batches batch = Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
    for (int id = first; id <= last; id++) {
      batch.upsert(++lsn, id, "n" + lsn, "t", lsn);
    }
    owner.commit(batch.build());
  }

  private void insert(String name, int... ids) throws Exception {
    TableLog log = new TableLog(store, location());
    TableVersion version = log.latest().orElseThrow();
    List<DeltaColumn> columns = version.columns();
    WrittenFile written;
    try (RowFileWriter writer =
        RowFileWriter.create(
            store, location() + "/" + name + ".parquet", columns, WriteOptions.DEFAULT)) {
      for (int id : ids) {
        Object[] row = new Object[columns.size()];
        row[0] = id;
        writer.write(row);
      }
      written = writer.finish();
    }
    DataFile file =
        DataFile.written(name + ".parquet", Map.of(), written.size(), 0, written.statistics());
    log.commit(version, new NewCommit(List.of(), List.of(file), Map.of(), true));
  }

  private String location() {
    return root.resolve("shop").resolve("items").toString();
  }

  private Target open() {
    return open(Map.of("delta.compaction", "false"));
  }

  private Target open(Map<String, String> settings) {
    return DeltaFixture.open(
        store, root, TableOptions.DEFAULT, new TargetContext("sink", 0), settings);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.index.EncodedKey;
import io.lakehousecdc.sink.delta.index.IndexBudget;
import io.lakehousecdc.sink.delta.index.IndexMemory;
import io.lakehousecdc.sink.delta.index.KeyIndex;
import io.lakehousecdc.sink.delta.index.Location;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.table.IndexSettings;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A process with little memory that keeps large indexes, or many. Exits with 0 where it can. */
final class SmallMemorySink {
  private static final Map<String, String> QUIET =
      Map.of(
          "delta.vacuum", "false", "delta.compaction", "false", "delta.checkpoint.interval", "0");

  private SmallMemorySink() {}

  /**
   * @param arguments what to do; how many; an empty directory
   */
  public static void main(String[] arguments) {
    int count = Integer.parseInt(arguments[1]);
    Path root = Path.of(arguments[2]);
    switch (arguments[0]) {
      case "keys" -> keys(count, root);
      case "tables" -> tables(count, root);
      default -> reads(count, root);
    }
    System.exit(0);
  }

  /** One index of wide keys, with the default budget. */
  private static void keys(int count, Path spill) {
    IndexBudget budget = new IndexBudget();
    long limit = IndexBudget.quarterOfDirectMemory();
    require(limit == 64 << 20, "limit " + limit);
    try (KeyIndex index = new KeyIndex(true, new IndexMemory(budget, limit, spill))) {
      EncodedKey key = new EncodedKey();
      int file = index.addFile(count);
      SplittableRandom keys = new SplittableRandom(1);
      for (int row = 0; row < count; row++) {
        key.set(keys.nextLong(), keys.nextLong());
        index.put(key, file, row);
      }
      SplittableRandom again = new SplittableRandom(1);
      for (int row = 0; row < count; row++) {
        key.set(again.nextLong(), again.nextLong());
        require(index.get(key) == Location.of(file, row), "row " + row);
      }
      require(index.entries() == count, index.entries() + " entries");
      require(budget.held() <= limit, budget.held() + " bytes held");
      require(index.size().spilledBytes() > 0 == index.size().bytes() > limit, "spilled");
    }
  }

  /** Small tables of one task, each committed to twice. */
  private static void tables(int count, Path root) {
    RowSchema schema = Batches.schema(1, Batches.required("id", Primitive.TEXT));
    try (Target target = open(root, QUIET)) {
      PartitionOwner owner = PartitionOwner.of(target, new SourcePartition("s", 0));
      for (int commit = 1; commit <= 2; commit++) {
        TableBatch[] batches = new TableBatch[count];
        for (int table = 0; table < count; table++) {
          Batches batch = Batches.batch(new TableId("public", "t" + table), schema);
          for (int row = 0; row < 10; row++) {
            batch.upsert(commit, "row " + row);
          }
          batches[table] = batch.build();
        }
        owner.commit(batches);
      }
      long bytes = target.gauges().get("delta-index-bytes").getAsLong();
      require(bytes <= (long) count << 16, bytes + " bytes for " + count + " tables");
    }
  }

  /** Reads stored rows where all direct memory that the index has left is in other hands. */
  private static void reads(int count, Path root) {
    RowSchema schema =
        Batches.schema(
            1, Batches.required("id", Primitive.TEXT), Batches.optional("note", Primitive.TEXT));
    Map<String, String> settings = new HashMap<>(QUIET);
    settings.put(IndexSettings.MEMORY_BYTES, "1000000");
    settings.put(IndexSettings.DIRECTORY, root.resolve("index").toString());
    TableId id = new TableId("public", "orders");
    try (Target target = open(root.resolve("tables"), settings)) {
      PartitionOwner owner = PartitionOwner.of(target, new SourcePartition("s.public.orders", 0));
      for (int from = 0; from < count; from += 50_000) {
        Batches batch = Batches.batch(id, schema);
        for (int row = from; row < from + 50_000; row++) {
          batch.upsert(1, "key " + row, "note " + row);
        }
        owner.commit(batch.build());
      }
      List<ByteBuffer> others = new ArrayList<>();
      for (int piece = 16 << 20; piece >= 1024; piece /= 2) {
        try {
          while (true) {
            others.add(ByteBuffer.allocateDirect(piece));
          }
        } catch (OutOfMemoryError full) {
          require(!others.isEmpty(), "nothing was left");
        }
      }
      Batches unchanged = Batches.batch(id, schema);
      for (int row = 0; row < count; row += 10) {
        unchanged.upsert(2, "key " + row, Cell.UNCHANGED);
      }
      owner.commit(unchanged.build());
      Batches more = Batches.batch(id, schema);
      for (int row = count; row < count + 50_000; row++) {
        more.upsert(3, "key " + row, "note " + row);
      }
      owner.commit(more.build());
      require(target.gauges().get("delta-index-spilled-bytes").getAsLong() > 0, "no spill");
      require(others.get(0).capacity() > 0, "others hold the memory to the end");
    }
  }

  private static Target open(Path root, Map<String, String> settings) {
    return DeltaFixture.open(
        new LocalFileIO(), root, TableOptions.DEFAULT, new TargetContext("sink", 0), settings);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}

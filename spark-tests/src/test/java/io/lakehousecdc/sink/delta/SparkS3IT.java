// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.delta.kernel.CheckpointWriter;
import io.lakehousecdc.sink.delta.s3.S3Store;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.Warehouse;
import io.lakehousecdc.testkit.S3ProxyServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Spark reads, through Hadoop's file system for S3, what the sink has written to a bucket. */
class SparkS3IT {
  private static final SparkSession SPARK = SparkSessions.shared();

  private static S3ProxyServer server;
  private static FileIO store;
  private static String root;

  @BeforeAll
  static void start() {
    server = S3ProxyServer.onDisk();
    store = S3Store.at(server.endpoint());
    String bucket = "lake-" + server.endpoint().getPort();
    server.bucket(bucket);
    root = "s3://" + bucket + "/warehouse";
    Configuration hadoop = SPARK.sparkContext().hadoopConfiguration();
    hadoop.set("fs.s3a.endpoint", server.endpoint().toString());
    hadoop.set("fs.s3a.endpoint.region", "us-east-1");
    hadoop.set("fs.s3a.path.style.access", "true");
    hadoop.set("fs.s3a.access.key", S3ProxyServer.ACCESS_KEY);
    hadoop.set("fs.s3a.secret.key", S3ProxyServer.SECRET_KEY);
  }

  @AfterAll
  static void stop() {
    store.close();
    server.close();
  }

  @Test
  void rowsAreThoseOfTheLastChanges() {
    try (Target target = open()) {
      PartitionOwner owner = PartitionOwner.of(target, Warehouse.P0);
      Batches first = Batches.batch(Warehouse.ITEMS, Warehouse.ITEM);
      for (int id = 1; id <= 5; id++) {
        first.upsert(id, id, "one", "a", (long) id);
      }
      owner.commit(first.build());
      owner.commit(
          Batches.batch(Warehouse.ITEMS, Warehouse.ITEM)
              .upsert(6, 2, "two", Cell.UNCHANGED, 20L)
              .delete(7, 3)
              .build());
      assertEquals(List.of("1 one a 1", "2 two a 20", "4 one a 4", "5 one a 5"), rows(""));

      new CheckpointWriter(store, root + "/shop/items").write(Duration.ofDays(7));
      owner.commit(
          Batches.batch(Warehouse.ITEMS, Warehouse.ITEM)
              .delete(8, 1)
              .upsert(9, 6, "six", null, null)
              .build());
    }
    assertEquals(List.of("2 two a 20", "4 one a 4", "5 one a 5", "6 six null null"), rows(""));
    assertEquals(5, rows(" VERSION AS OF 1").size());
  }

  private static List<String> rows(String version) {
    String table = "delta.`" + root.replaceFirst("^s3:", "s3a:") + "/shop/items`";
    return SPARK
        .sql("SELECT id, name, note, qty FROM " + table + version + " ORDER BY id")
        .collectAsList()
        .stream()
        .map(row -> row.mkString(" "))
        .toList();
  }

  private static Target open() {
    return DeltaFixture.open(
        store,
        root,
        TableOptions.DEFAULT,
        new TargetContext("sink", 0),
        Map.of("delta.compaction", "false", "delta.checkpoint.interval", "0"));
  }
}

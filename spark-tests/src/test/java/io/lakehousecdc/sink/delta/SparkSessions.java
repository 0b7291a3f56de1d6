// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import java.util.ConcurrentModificationException;
import org.apache.spark.sql.SparkSession;

/** The one session of this module's tests: it takes seconds to start, and ends with the JVM. */
final class SparkSessions {
  private static final int ATTEMPTS = 10;

  private SparkSessions() {}

  static SparkSession shared() {
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "1")
            .config("spark.databricks.delta.snapshotPartitions", "1")
            // How many tasks VACUUM lists files with: 10,000 otherwise.
            .config("spark.sql.sources.parallelPartitionDiscovery.parallelism", "2")
            .config("spark.databricks.delta.retentionDurationCheck.enabled", "false")
            .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
            .config(
                "spark.sql.catalog.spark_catalog",
                "org.apache.spark.sql.delta.catalog.DeltaCatalog")
            .getOrCreate();
    spark.sparkContext().setLogLevel("OFF");
    return spark;
  }

  /** Runs a statement, anew where it loses against the sink's own merging of files. */
  static void run(String statement) {
    for (int attempt = 1; ; attempt++) {
      try {
        shared().sql(statement);
        return;
      } catch (ConcurrentModificationException lost) {
        if (attempt == ATTEMPTS) {
          throw lost;
        }
      }
    }
  }
}

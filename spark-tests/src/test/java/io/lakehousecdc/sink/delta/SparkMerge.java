// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The peer of the Delta benchmark, run by it in a JVM of its own: merges the batches that the sink
 * has committed into a copy of the sink's table, as a Spark job would, and compares both tables.
 *
 * <p>Prints a line {@code merge_ms …} for each batch, then {@code equal true} or {@code equal
 * false}.
 */
final class SparkMerge {
  private static final String COLUMNS =
      "id, customer_id, status, amount, currency, note, quantity, created_at, updated_at";
  private static final String SCHEMA =
      "op string, id bigint, customer_id bigint, status string, amount decimal(12,2),"
          + " currency string, note string, quantity int, created bigint, updated bigint";
  private static final String MERGE =
      """
      MERGE INTO delta.`%s` t USING changes s ON t.id = s.id
      WHEN MATCHED AND s.op = 'd' THEN DELETE
      WHEN MATCHED THEN UPDATE SET customer_id = s.customer_id, status = s.status,
        amount = s.amount, currency = s.currency, note = s.note, quantity = s.quantity,
        created_at = s.created_at, updated_at = s.updated_at
      WHEN NOT MATCHED AND s.op <> 'd' THEN INSERT (%s) VALUES (%s)""";

  private SparkMerge() {}

  /**
   * @param arguments the sink's table, its version before and after the batches, a directory of the
   *     batches as CSV files that sort in their order, a directory for the copy
   */
  public static void main(String[] arguments) throws Exception {
    String sinks = arguments[0];
    String copy = arguments[4];
    SparkSession spark = SparkSessions.shared();
    spark
        .read()
        .format("delta")
        .option("versionAsOf", arguments[1])
        .load(sinks)
        .selectExpr(COLUMNS.split(", "))
        .write()
        .format("delta")
        .option("delta.enableDeletionVectors", "true")
        .save(copy);
    try (var files = Files.list(Path.of(arguments[3]))) {
      for (Path file : files.sorted().toList()) {
        merge(spark, file, copy);
      }
    }
    boolean equal =
        digest(spark.read().format("delta").option("versionAsOf", arguments[2]).load(sinks))
            .equals(digest(spark.read().format("delta").load(copy)));
    System.out.println("equal " + equal);
    spark.stop();
  }

  private static void merge(SparkSession spark, Path file, String copy) {
    Dataset<Row> changes =
        spark
            .read()
            .schema(SCHEMA)
            .csv(file.toString())
            .selectExpr(
                "*", "timestamp_micros(created) created_at", "timestamp_micros(updated) updated_at")
            .cache();
    changes.count(); // reads the file, which is not what is measured
    changes.createOrReplaceTempView("changes");
    long start = System.nanoTime();
    spark.sql(MERGE.formatted(copy, COLUMNS, "s." + COLUMNS.replace(", ", ", s.")));
    System.out.printf(Locale.ROOT, "merge_ms %.0f%n", (System.nanoTime() - start) / 1e6);
    changes.unpersist();
  }

  private static List<Row> digest(Dataset<Row> table) {
    return table
        .selectExpr("count(*)", "sum(cast(xxhash64(" + COLUMNS + ") as decimal(20)))")
        .collectAsList();
  }
}

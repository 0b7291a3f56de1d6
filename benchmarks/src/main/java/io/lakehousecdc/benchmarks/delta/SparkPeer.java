// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.delta;

import io.lakehousecdc.benchmarks.harness.ProjectFile;
import io.lakehousecdc.benchmarks.measure.Latencies;
import io.lakehousecdc.sink.change.RowChange;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;

/**
 * Spark in local mode, which merges the batches that the sink has committed into a copy of its
 * table, also a Delta table with deletion vectors. Only MERGE is timed, with the batch in memory;
 * the first one, which compiles code, is left out. Not thread-safe.
 */
final class SparkPeer {
  private static final String MAIN = "io.lakehousecdc.sink.delta.SparkMerge";
  private static final String MERGED = "merge_ms ";

  /** The packages that Spark opens by reflection on Java 17. */
  private static final List<String> OPENED =
      List.of(
          "java.lang",
          "java.lang.invoke",
          "java.io",
          "java.net",
          "java.nio",
          "java.util",
          "java.util.concurrent",
          "sun.nio.ch",
          "sun.nio.cs",
          "sun.security.action",
          "sun.util.calendar");

  private final Path directory;
  private final Path batches;
  private final String copy;
  private final Map<String, String> hadoop;
  private int written;

  /**
   * @param directory for batches and copy
   */
  SparkPeer(Path directory) throws IOException {
    this(directory, directory.resolve("copy").toString(), Map.of());
  }

  /**
   * @param directory for batches
   * @param copy where the copy is made
   * @param hadoop settings of the file system that it is in
   */
  SparkPeer(Path directory, String copy, Map<String, String> hadoop) throws IOException {
    this.directory = directory;
    this.copy = copy;
    this.hadoop = hadoop;
    this.batches = Files.createDirectory(directory.resolve("batches"));
  }

  /**
   * The durations of Spark's merges.
   *
   * @param merges durations of all batches but the first
   * @param equal whether its table is the sink's
   */
  record Merged(Latencies merges, boolean equal) {}

  /** Keeps a batch for Spark. */
  void keep(List<RowChange> changes) throws IOException {
    Path file = batches.resolve("%05d.csv".formatted(written++));
    try (Writer out = Files.newBufferedWriter(file)) {
      for (RowChange change : changes) {
        out.write(line(change));
      }
    }
  }

  int kept() {
    return written;
  }

  /**
   * Merges what was kept.
   *
   * @param table the sink's
   * @param before its version before the batches
   * @param after its version after them
   */
  Merged merge(String table, long before, long after) throws IOException, InterruptedException {
    Path log = directory.resolve("spark.log");
    Process spark =
        new ProcessBuilder(command(table, before, after)).redirectError(log.toFile()).start();
    Latencies merges = new Latencies();
    boolean equal = false;
    int seen = 0;
    try (BufferedReader out = spark.inputReader(StandardCharsets.UTF_8)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.startsWith(MERGED) && seen++ > 0) {
          merges.add(
              TimeUnit.MILLISECONDS.toNanos(Long.parseLong(line.substring(MERGED.length()))));
        }
        equal |= line.equals("equal true");
      }
    } finally {
      spark.destroy();
    }
    if (spark.waitFor() != 0) {
      throw new IllegalStateException("Spark failed:\n" + Files.readString(log));
    }
    return new Merged(merges, equal);
  }

  private List<String> command(String table, long before, long after) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx4g", "-XX:+UseParallelGC", "-Djava.io.tmpdir=" + directory));
    hadoop.forEach((name, value) -> command.add("-Dspark.hadoop." + name + "=" + value));
    OPENED.forEach(name -> command.add("--add-opens=java.base/" + name + "=ALL-UNNAMED"));
    command.add("-cp");
    command.add(
        ProjectFile.at("spark-tests/target/test-classes")
            + File.pathSeparator
            + Files.readString(ProjectFile.at("spark-tests/target/spark.classpath")).trim());
    command.addAll(List.of(MAIN, table, "" + before, "" + after));
    command.addAll(List.of(batches.toString(), copy));
    return command;
  }

  private static String line(RowChange change) {
    StringJoiner cells = new StringJoiner(",", "", "\n");
    cells.add(change instanceof RowChange.Delete ? "d" : "u");
    if (change.cells() == null) {
      cells.add(change.key().value(0).toString());
    } else {
      for (Object cell : change.cells()) {
        cells.add(cell.toString());
      }
    }
    return cells.toString();
  }
}

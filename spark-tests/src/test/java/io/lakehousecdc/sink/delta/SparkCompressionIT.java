// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalInputFile;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The archive's sink reads what Spark has compressed, in a worker that has a Hadoop of its own:
 * Spark's.
 */
class SparkCompressionIT {
  private static final String CODEC = "spark.sql.parquet.compression.codec";

  private final SparkSession spark = SparkSessions.shared();

  @TempDir Path root;

  private PluginClasses plugin;
  private Path directory;
  private String table;

  @BeforeEach
  void open() throws IOException {
    plugin = PluginClasses.ofArchive();
    directory = root.resolve("shop").resolve("items");
    table = "delta.`" + directory + "`";
  }

  @AfterEach
  void close() throws IOException {
    spark.conf().unset(CODEC);
    plugin.close();
  }

  @ParameterizedTest
  @CsvSource({
    "none, UNCOMPRESSED",
    "snappy, SNAPPY",
    "gzip, GZIP",
    "zstd, ZSTD",
    "lz4_raw, LZ4_RAW"
  })
  void dataFilesAndCheckpointsAreRead(String codec, CompressionCodecName stored) throws Exception {
    plugin.write(root, 0, "sink", 1, 3);
    spark.conf().set(CODEC, codec);
    Set<Path> before = parquetFiles();
    spark.sql("INSERT INTO " + table + " (id, name) VALUES (4, 'spark'), (5, 'spark')");
    DeltaLog.forTable(spark, directory.toString()).checkpoint();
    withoutLogEntriesBeforeTheCheckpoint();
    Set<Path> written = parquetFiles();
    written.removeAll(before);
    assertEquals(3, written.size(), "a data file of each row, and a checkpoint");
    for (Path file : written) {
      assertEquals(stored, codecOf(file), file.toString());
    }

    plugin.write(root, 10, null, 3, 4);
    plugin.write(root, 20, "new", 5, 6);

    assertEquals(
        List.of("1 sink t0", "2 sink t0", "3 sink t10", "4 spark t10", "5 new t20", "6 new t20"),
        rows());
  }

  @Test
  void otherCompressionIsRefusedByName() throws Exception {
    plugin.write(root, 0, "sink", 1, 3);
    spark.conf().set(CODEC, "lz4");
    spark.sql("INSERT INTO " + table + " (id, name) VALUES (4, 'spark'), (5, 'spark')");

    Exception refusal = assertThrows(Exception.class, () -> plugin.write(root, 10, null, 4, 4));

    assertTrue(refusal.getMessage().contains("is compressed with LZ4"), refusal.getMessage());
    assertEquals(
        List.of("1 sink t0", "2 sink t0", "3 sink t0", "4 spark null", "5 spark null"), rows());
  }

  @Test
  void pluginAndWorkerHaveTheirOwnHadoop() throws Exception {
    Class<?> ours = plugin.loadClass(Configuration.class.getName());
    assertNotSame(Configuration.class, ours);
    assertSame(plugin, ours.getClassLoader());
    assertTrue(Configuration.class.getProtectionDomain().toString().contains("hadoop-client"));
  }

  private List<String> rows() {
    return spark
        .sql("SELECT id, name, note FROM " + table + " ORDER BY id")
        .collectAsList()
        .stream()
        .map(row -> row.get(0) + " " + row.get(1) + " " + row.get(2))
        .toList();
  }

  private Set<Path> parquetFiles() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return new HashSet<>(files.filter(file -> file.toString().endsWith(".parquet")).toList());
    }
  }

  /** As after a clean-up of the log; the entry of the checkpoint's version stays. */
  private void withoutLogEntriesBeforeTheCheckpoint() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("_delta_log"))) {
      List<Path> entries =
          files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
      for (Path entry : entries.subList(0, entries.size() - 1)) {
        Files.delete(entry);
      }
    }
  }

  private static CompressionCodecName codecOf(Path file) throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(new LocalInputFile(file), ParquetReadOptions.builder().build())) {
      return reader.getRowGroups().get(0).getColumns().get(0).getCodec();
    }
  }
}

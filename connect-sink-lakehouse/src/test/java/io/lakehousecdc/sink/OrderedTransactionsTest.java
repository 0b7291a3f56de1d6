// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.sink.delta.KernelReader;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

/** Tests of {@code transactions=ordered} with Delta tables. */
class OrderedTransactionsTest {
  private static final int TRANSACTIONS = 150;
  private static final int LAST = 20;

  private final TransfersSource source = new TransfersSource();
  private final Map<TopicPartition, Long> group = new HashMap<>();
  private final KernelReader reader = new KernelReader(new LocalFileIO());

  @TempDir Path temporary;
  private Path root;

  @ParameterizedTest
  @Seeds(2)
  @Timeout(120)
  void tablesHaveWhatTheProgressTellsWheneverTheTaskDies(long seed) throws IOException {
    root = Files.createDirectory(temporary.resolve("lake"));
    Random random = new Random(seed);
    for (int i = 1; i <= TRANSACTIONS; i++) {
      source.transaction(i, 1 + random.nextInt(4));
    }
    FakeWorker worker = new FakeWorker(settings(), source.log(), group, random);
    boolean done = false;
    for (int polls = 1; !done; polls++) {
      worker.poll();
      assertNotAhead();
      if (polls % 4 == 0 && polls < 20) {
        worker = died(worker, random, random.nextInt(4));
      }
      done = worker.commit();
    }
    for (int i = 1; i <= LAST; i++) {
      source.transaction(TRANSACTIONS + i, 1);
    }
    // Nothing comes after them: a transaction that was not read again in whole would be waited for.
    worker = died(worker, random, 20);
    do {
      worker.poll();
      assertNotAhead();
    } while (!worker.commit());
    worker.close();
    assertEquals(source.rows(), count("public/debits"));
    assertEquals(source.rows(), count("public/credits"));
    assertEquals(TRANSACTIONS + LAST, told());
  }

  /**
   * One that goes on where another died within commits, when one table had them, and the other, the
   * states of partitions and the progress had not.
   */
  private FakeWorker died(FakeWorker worker, Random random, int polls) throws IOException {
    worker.reassign(); // Nothing is in flight.
    Map<TopicPartition, Long> before = new HashMap<>(group);
    String late = random.nextBoolean() ? "public/debits" : "public/credits";
    List<String> unwritten = List.of(late, "_cdc_offsets", "_cdc_progress");
    Path kept = Files.createTempDirectory(temporary, "kept");
    for (String each : unwritten) {
      copy(root.resolve(each), kept.resolve(each));
    }
    for (int i = 0; i <= polls; i++) {
      worker.poll();
    }
    worker.close();
    for (String each : unwritten) {
      delete(root.resolve(each));
      copy(kept.resolve(each), root.resolve(each));
    }
    group.clear();
    group.putAll(before);
    assertNotAhead();
    return new FakeWorker(settings(), source.log(), group, random);
  }

  /** Reads the progress first, as a reader has to. */
  private void assertNotAhead() {
    long told = told();
    if (told > 0) {
      assertTrue(count("public/debits") >= source.rowsUpTo(told), "debits up to " + told);
      assertTrue(count("public/credits") >= source.rowsUpTo(told), "credits up to " + told);
    }
  }

  private long told() {
    List<Map<String, Object>> rows = rows("_cdc_progress");
    return rows.isEmpty() ? 0 : Long.parseLong((String) rows.get(0).get("transaction_id"));
  }

  private int count(String table) {
    return rows(table).size();
  }

  private List<Map<String, Object>> rows(String table) {
    Path log = root.resolve(table).resolve("_delta_log");
    return Files.exists(log.resolve("00000000000000000000.json"))
        ? reader.rows(root.resolve(table).toString())
        : List.of();
  }

  private static void copy(Path from, Path to) throws IOException {
    if (Files.notExists(from)) {
      return;
    }
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : all.toList()) {
        Path copy = to.resolve(from.relativize(each).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(each, copy);
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    if (Files.notExists(directory)) {
      return;
    }
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path each : all.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(each);
      }
    }
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put("name", "ordered");
    settings.put("topics", source.topics());
    settings.put("target", "delta");
    settings.put("delta.root", root.toString());
    settings.put("delta.compaction", "false");
    settings.put("delta.vacuum", "false");
    // Rows twice would show.
    settings.put("write.mode", "append");
    settings.put("transactions", "ordered");
    // A transaction that is waited for in vain takes longer than the test may.
    settings.put("transactions.timeout.ms", "600000");
    settings.put("flush.max.records", "30");
    settings.put("flush.interval.ms", "20");
    return settings;
  }
}

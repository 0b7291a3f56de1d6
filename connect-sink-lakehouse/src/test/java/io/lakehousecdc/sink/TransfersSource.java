// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import io.lakehousecdc.testkit.DebeziumEvent;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import io.lakehousecdc.testkit.TableEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * A source each of whose transactions writes as many debits as credits, in two topics of two
 * partitions each, and the topic of transactions. Not thread-safe.
 */
final class TransfersSource {
  private static final String NAME = "src";
  private static final DebeziumTable DEBITS = table("debits");
  private static final DebeziumTable CREDITS = table("credits");
  private static final TopicPartition BOUNDARIES = new TopicPartition(NAME + ".transaction", 0);

  private final Map<TopicPartition, List<SinkRecord>> log = new LinkedHashMap<>();
  private final Map<Long, Integer> rowsUpTo = new HashMap<>();
  private long lsn = 100;
  private int rows;

  TransfersSource() {
    log.put(BOUNDARIES, new ArrayList<>());
    for (int partition = 0; partition < 2; partition++) {
      log.put(new TopicPartition(DEBITS.topic(), partition), new ArrayList<>());
      log.put(new TopicPartition(CREDITS.topic(), partition), new ArrayList<>());
    }
  }

  private static DebeziumTable table(String name) {
    return DebeziumRecords.table("public", name)
        .key("id", Schema.INT64_SCHEMA)
        .column("amount", Schema.INT64_SCHEMA);
  }

  /** Its records, by partition. */
  Map<TopicPartition, List<SinkRecord>> log() {
    return log;
  }

  /** The {@code topics} of a connector that reads it. */
  String topics() {
    return String.join(",", BOUNDARIES.topic(), DEBITS.topic(), CREDITS.topic());
  }

  /** Records of a partition of the debits. */
  List<SinkRecord> debits(int partition) {
    return log.get(new TopicPartition(DEBITS.topic(), partition));
  }

  /** Number of debits, and of credits. */
  int rows() {
    return rows;
  }

  /** The same, up to the end of a transaction. */
  int rowsUpTo(long transaction) {
    return rowsUpTo.get(transaction);
  }

  /** LSN of the last commit. */
  long lsn() {
    return lsn;
  }

  /** Adds a transaction. */
  void transaction(long id, int size) {
    long before = lsn;
    long time = 1_700_000_000_000L + id;
    add(BOUNDARIES, DebeziumRecords.begin(NAME, id + ":" + lsn, time));
    long total = 0;
    for (int i = 1; i <= size; i++) {
      long amount = id * i;
      change(DEBITS.create(before, ++lsn, (long) ++rows, amount), rows % 2, id, time, ++total, i);
      change(CREDITS.create(before, ++lsn, (long) rows, amount), rows % 2, id, time, ++total, i);
    }
    lsn++;
    Map<String, Long> counts = Map.of("public.debits", (long) size, "public.credits", (long) size);
    add(BOUNDARIES, DebeziumRecords.end(NAME, id + ":" + lsn, time, counts));
    rowsUpTo.put(id, rows);
  }

  private void change(
      TableEvent event, int partition, long transaction, long time, long total, long order) {
    add(
        new TopicPartition(event.topic(), partition),
        event.txId(transaction).tsMs(time).transaction(total, order));
  }

  private void add(TopicPartition partition, DebeziumEvent event) {
    List<SinkRecord> records = log.get(partition);
    records.add(
        event.deliveredAt(partition.topic(), partition.partition(), records.size()).orElseThrow());
  }
}

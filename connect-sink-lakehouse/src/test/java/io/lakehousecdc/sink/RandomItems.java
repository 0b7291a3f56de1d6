// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import io.lakehousecdc.testkit.DebeziumEvent;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import io.lakehousecdc.testkit.TableEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * A random source of a table in two partitions: transactions with inserts, updates, deletes,
 * changed keys and truncates, snapshots, and suffixes that are emitted again. Knows what the table
 * held after each transaction, and the rows of its log. Not thread-safe.
 */
final class RandomItems {
  static final DebeziumTable ITEMS =
      DebeziumRecords.table("public", "items")
          .key("id", Schema.INT64_SCHEMA)
          .column("name", Schema.OPTIONAL_STRING_SCHEMA)
          .column("note", Schema.OPTIONAL_STRING_SCHEMA);

  private static final int PARTITIONS = 2;
  private static final int TRANSACTIONS = 40;
  private static final int KEYS = 8;

  /** Micros of the transaction whose commit follows LSN 0. */
  private static final long FIRST_MICROS = 1_767_225_600_000_000L;

  /** Replica identity of the table. */
  enum Identity {
    DEFAULT,
    FULL
  }

  /** Which rows an update becomes in the log. */
  enum Images {
    AFTER,
    BOTH
  }

  /** What the table holds from a time on: rows of id, name and note. */
  record State(long micros, List<List<Object>> rows) {}

  private record Row(String name, String note) {
    /** Such an old row looks like one of which only the key was sent. */
    boolean isBlank() {
      return name == null && note == null;
    }
  }

  /** An event and what it becomes in a log: operation, key, whether its old row is sent. */
  private record Emitted(
      DebeziumEvent event, int partition, long txId, String op, Long id, boolean sendsOldRow) {}

  private final Random random;
  private final Identity identity;
  private final Map<TopicPartition, List<SinkRecord>> log = new LinkedHashMap<>();
  private final List<Emitted> emitted = new ArrayList<>();
  private final List<Emitted> streamed = new ArrayList<>();
  private final List<State> states = new ArrayList<>();
  private final Map<Long, Row> rows = new TreeMap<>();
  private long lsn = 1_000;
  private long commitLsn;
  private int values;

  RandomItems(long seed, Identity identity) {
    this.random = new Random(seed);
    this.identity = identity;
    for (int partition = 0; partition < PARTITIONS; partition++) {
      log.put(new TopicPartition(ITEMS.topic(), partition), new ArrayList<>());
    }
    for (long id = 0; id < KEYS / 2; id++) {
      rows.put(id, new Row(value("name"), value("note")));
    }
    snapshot();
    for (int i = 0; i < TRANSACTIONS; i++) {
      transaction();
      if (random.nextInt(12) == 0) {
        snapshot();
      }
      if (random.nextInt(6) == 0) {
        emitAgain();
      }
    }
  }

  Map<TopicPartition, List<SinkRecord>> log() {
    return log;
  }

  /** After each transaction and snapshot. */
  List<State> states() {
    return states;
  }

  /** Rows of the log: number of the transaction, operation, change type, key. */
  List<List<Object>> loggedRows(Images images) {
    List<List<Object>> logged = new ArrayList<>();
    for (Emitted each : emitted) {
      boolean both = images == Images.BOTH;
      switch (each.op) {
        case "u" -> {
          if (both && each.sendsOldRow) {
            logged.add(Arrays.asList(each.txId, "u", "update_preimage", each.id));
          }
          logged.add(Arrays.asList(each.txId, "u", both ? "update_postimage" : null, each.id));
        }
        case "d" -> logged.add(Arrays.asList(each.txId, "d", both ? "delete" : null, each.id));
        case "t" -> logged.add(Arrays.asList(each.txId, "t", null, null));
        default -> logged.add(Arrays.asList(each.txId, each.op, both ? "insert" : null, each.id));
      }
    }
    return logged;
  }

  private void snapshot() {
    commitLsn = lsn += 10;
    rows.forEach(
        (id, row) ->
            emit(ITEMS.snapshot(lsn, id, row.name, row.note).txId(lsn), lsn, "r", id, false));
    noteState();
    commitLsn = lsn += 10;
  }

  private void transaction() {
    for (int changes = random.nextInt(5); changes >= 0; changes--) {
      lsn += 10;
      change();
    }
    noteState();
    commitLsn = lsn += 10;
  }

  private void change() {
    long id = random.nextInt(KEYS);
    Row old = rows.get(id);
    int kind = random.nextInt(20);
    if (kind == 0) {
      rows.clear();
      emit(ITEMS.truncate(commitLsn, lsn), commitLsn, "t", null, false);
    } else if (old == null) {
      insert(id);
    } else if (kind < 5) {
      rows.remove(id);
      delete(id, old);
    } else if (kind < 8 && !rows.containsKey(id + KEYS)) {
      changeKey(id, old);
    } else {
      update(id, old, kind);
    }
  }

  /** One to three rows by one statement, as COPY does: they share a position. */
  private void insert(long first) {
    for (long id = first; id < first + 1 + random.nextInt(3); id++) {
      if (!rows.containsKey(id)) {
        Row row = new Row(value("name"), value("note"));
        rows.put(id, row);
        emit(ITEMS.create(commitLsn, lsn, id, row.name, row.note), commitLsn, "c", id, false);
      }
    }
  }

  private void update(long id, Row old, int kind) {
    boolean keepsNote = kind % 2 == 0;
    Row row = new Row(value("name"), keepsNote ? old.note : value("note"));
    rows.put(id, row);
    boolean full = identity == Identity.FULL;
    Object sent = keepsNote && !full ? DebeziumRecords.UNCHANGED : row.note;
    TableEvent update = ITEMS.update(commitLsn, lsn, id, row.name, sent);
    emit(
        full ? update.before(id, old.name, old.note) : update,
        commitLsn,
        "u",
        id,
        full && !old.isBlank());
  }

  private void delete(long id, Row old) {
    TableEvent delete =
        identity == Identity.FULL
            ? ITEMS.delete(commitLsn, lsn, id, old.name, old.note)
            : ITEMS.delete(commitLsn, lsn, id);
    emit(delete, commitLsn, "d", id, false);
    deliver(ITEMS.tombstone(id), partition(id));
  }

  /** A delete of the old key and a create of the new one, at one position. */
  private void changeKey(long id, Row old) {
    rows.remove(id);
    rows.put(id + KEYS, old);
    delete(id, old);
    emit(
        ITEMS.create(commitLsn, lsn, id + KEYS, old.name, old.note),
        commitLsn,
        "c",
        id + KEYS,
        false);
  }

  private void emit(DebeziumEvent event, long txId, String op, Long id, boolean sendsOldRow) {
    Emitted next = new Emitted(event, id == null ? 0 : partition(id), txId, op, id, sendsOldRow);
    emitted.add(next);
    if (!op.equals("r")) {
      streamed.add(next);
    }
    deliver(event, next.partition);
  }

  /** A suffix of what was streamed since the last snapshot comes again, as after a crash. */
  private void emitAgain() {
    int from = streamed.size() - random.nextInt(Math.min(30, streamed.size() + 1));
    streamed.subList(from, streamed.size()).forEach(each -> deliver(each.event, each.partition));
  }

  private void deliver(DebeziumEvent event, int partition) {
    List<SinkRecord> records = log.get(new TopicPartition(ITEMS.topic(), partition));
    records.add(event.at(partition, records.size()));
  }

  private static int partition(long id) {
    return (int) (id % PARTITIONS);
  }

  private void noteState() {
    List<List<Object>> now = new ArrayList<>();
    rows.forEach((id, row) -> now.add(Arrays.asList(id, row.name, row.note)));
    states.add(new State(FIRST_MICROS + commitLsn * 1_000, now));
  }

  private String value(String column) {
    return random.nextInt(8) == 0 ? null : column + ++values;
  }
}

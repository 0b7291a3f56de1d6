// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.memory.InMemoryTarget;
import io.lakehousecdc.sink.memory.MemoryWarehouse;
import io.lakehousecdc.sink.spi.HistoryOptions;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import io.lakehousecdc.sink.spi.TargetContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Changes that arrive after newer ones of their key: emitted again, or from another partition. */
class LateChangesTest {
  private static final SourcePartition P0 = new SourcePartition("shop.public.item", 0);
  private static final SourcePartition P1 = new SourcePartition("shop.public.item", 1);

  private final MemoryWarehouse warehouse = new MemoryWarehouse();
  private final Map<SourcePartition, Long> group = new HashMap<>();

  @Test
  void aValueEmittedAgainDoesNotComeBackWhereANewerChangeLeavesItUnchanged() {
    History history = new History(1);
    history.insert(1, "a", "old body");
    history.rewrite(1, "b", "new body");
    drain(history.log, TableOptions.DEFAULT);
    history.rename(1, "c");
    history.emitAgain(0, 3);
    drain(history.log, TableOptions.DEFAULT);
    assertEquals("new body", rows().get(0).get("body"));
    assertEquals("c", rows().get(0).get("name"));
  }

  @Test
  void aValueThatComesLateCompletesARowThatIsNotStored() {
    History history = new History(1);
    history.insert(1, "a", "body");
    history.rename(1, "b");
    List<ChangeEvent> events = history.log.get(P0);
    Map<SourcePartition, List<ChangeEvent>> log = partitions(events.get(1));
    log.get(P1).add(events.get(0));
    drain(log, TableOptions.DEFAULT);
    assertEquals("body", rows().get(0).get("body"));
    assertEquals("b", rows().get(0).get("name"));
  }

  @ParameterizedTest
  @EnumSource(
      value = DeleteMode.class,
      names = {"HARD", "SOFT"})
  void aRowWhoseCreateComesAfterItsDeleteDoesNotLive(DeleteMode mode) {
    History history = new History(1);
    history.insert(1, "a", "body");
    history.delete(1);
    List<ChangeEvent> events = history.log.get(P0);
    Map<SourcePartition, List<ChangeEvent>> log = partitions(events.get(1));
    TableOptions options =
        new TableOptions(
            TableOptions.DEFAULT.writeMode(),
            mode,
            TableOptions.DEFAULT.evolution(),
            MetadataColumns.DEFAULT,
            TableOptions.DEFAULT.deadLetterTable());
    try (Consumer consumer = consumer(log, options)) {
      consumer.drain();
      log.get(P1).add(events.get(0));
      consumer.drain();
    }
    assertEquals(
        0, rows().stream().filter(row -> !Boolean.TRUE.equals(row.get("_cdc_deleted"))).count());
  }

  @Test
  void aVersionWhoseCreateComesAfterItsDeleteEndsThere() {
    History history = new History(1);
    history.insert(1, "a", "body");
    history.delete(1);
    List<ChangeEvent> events = history.log.get(P0);
    Map<SourcePartition, List<ChangeEvent>> log = partitions(events.get(1));
    try (Consumer consumer =
        consumer(log, TableOptions.DEFAULT.withHistory(HistoryOptions.DEFAULT))) {
      consumer.drain();
      log.get(P1).add(events.get(0));
      consumer.drain();
    }
    assertEquals(1, rows().size());
    Map<String, Object> version = rows().get(0);
    assertEquals("a", version.get("name"));
    assertEquals(events.get(0).sourcePosition().commitMicros(), version.get("valid_from"));
    assertEquals(events.get(1).sourcePosition().commitMicros(), version.get("valid_to"));
    assertEquals(false, version.get("is_current"));
  }

  /** Nothing may come between the two: what the pipeline knows of the delete is in memory alone. */
  @Test
  void aVersionAndTheDeleteThatCameBeforeItShareABatchThatIsFull() {
    History history = new History(1);
    history.insert(1, "a", "body");
    history.delete(1);
    List<ChangeEvent> events = history.log.get(P0);
    Map<SourcePartition, List<ChangeEvent>> log = partitions(events.get(1));
    TableOptions versions = TableOptions.DEFAULT.withHistory(HistoryOptions.DEFAULT);
    PipelineOptions small = TestOptions.options().tables(versions).flushRecords(1).build();
    InMemoryTarget target = new InMemoryTarget(warehouse, versions, new TargetContext("sink", 0));
    try (Consumer consumer = new Consumer(log, group, target, small)) {
      consumer.drain();
      log.get(P1).add(events.get(0));
      consumer.drain();
    }
    assertEquals(List.of(false), rows().stream().map(row -> row.get("is_current")).toList());
  }

  /** Two partitions, the second still empty. */
  private static Map<SourcePartition, List<ChangeEvent>> partitions(ChangeEvent first) {
    Map<SourcePartition, List<ChangeEvent>> log =
        new TreeMap<>(Comparator.comparing(SourcePartition::partition));
    log.put(P0, List.of(first));
    log.put(P1, new ArrayList<>());
    return log;
  }

  private void drain(Map<SourcePartition, List<ChangeEvent>> log, TableOptions options) {
    try (Consumer consumer = consumer(log, options)) {
      consumer.drain();
    }
  }

  private Consumer consumer(Map<SourcePartition, List<ChangeEvent>> log, TableOptions options) {
    return new Consumer(
        log,
        group,
        new InMemoryTarget(warehouse, options, new TargetContext("sink", 0)),
        TestOptions.options().tables(options).build());
  }

  private List<Map<String, Object>> rows() {
    return warehouse.rows(History.TABLE, MetadataColumns.DEFAULT);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.SourcePartition;
import java.util.List;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** COPY gives all its rows one position. A log gets each of them once. */
@Timeout(120)
class CopyInAppendModeTest {
  private static final SourcePartition P0 = new SourcePartition("shop.public.item", 0);
  private static final RowSchema LINE =
      new RowSchema(
          List.of(
              new Column("order_id", Primitive.INT32, false),
              new Column("line_no", Primitive.INT32, false)),
          List.of(0, 1));
  private static final RowSchema KEYLESS =
      new RowSchema(List.of(new Column("v", Primitive.TEXT, true)), List.of());

  private final ItemTopics topics = new ItemTopics(P0).append();

  @Test
  void everyRowOfACopyWithACompositeKeyArrives() {
    for (int order = 1; order <= 4; order++) {
      for (int line = 1; line <= 40; line++) {
        topics.add(
            P0,
            new RowEvent(
                History.TABLE,
                LINE,
                Operation.CREATE,
                RowKey.of(order, line),
                new Object[] {order, line},
                null,
                copied()));
      }
    }
    topics.drain();
    assertEquals(160, topics.rows().size());
  }

  @Test
  void identicalRowsOfATableWithoutKeyArrive() {
    copy("x", "x", "x");
    topics.drain();
    assertEquals(List.of("x", "x", "x"), values());
  }

  @Test
  void deletesAndTombstonesAreOneRow() {
    topics.add(P0, Operation.CREATE, 1, "n", ItemTopics.at(History.SOURCE, 10, 11, 10));
    topics.add(P0, Operation.DELETE, 1, "", ItemTopics.at(History.SOURCE, 20, 21, 20));
    topics.drain();
    // The task restarts between the two.
    topics.tombstone(P0, 1);
    topics.drain();
    assertEquals(2, topics.warehouse.rows(History.TABLE, topics.tables().metadata()).size());
  }

  @Test
  void tombstoneOfAnotherKeyAfterARestartIsADelete() {
    topics.add(P0, Operation.DELETE, 1, "", ItemTopics.at(History.SOURCE, 20, 21, 20));
    topics.drain();
    topics.tombstone(P0, 2);
    topics.drain();
    assertEquals(2, topics.warehouse.rows(History.TABLE, topics.tables().metadata()).size());
  }

  /** The source restarts when it has sent a part, and repeats from its middle; so does the task. */
  @ParameterizedTest
  @CsvSource({"100000, 20000", "3000, 7"})
  void largeCopyRepeatedFromItsMiddleAcrossARestartOfTheTaskArrivesOnce(int rows, int batch) {
    topics.batchesOf(batch);
    int sent = rows * 6 / 10;
    int from = rows * 3 / 10;
    copy(rows(0, sent));
    copy(rows(from, rows));
    ToLongFunction<RecordOffset> run = at -> at.offset() < sent ? 1 : 2;
    // The task ends in the middle of the repetition.
    try (Consumer task = topics.task().withRuns(run)) {
      while (topics.group.getOrDefault(P0, 0L) < sent + rows / 10) {
        task.poll(batch);
      }
    }
    try (Consumer task = topics.task().withRuns(run)) {
      task.drain();
    }
    assertEquals(List.of(rows(0, rows)), values());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1})
  void groupThatFollowsARepeatedChangeIsFoundAcrossARestart(long secondRun) {
    add("first", ItemTopics.at(History.SOURCE, 50, 60, 4));
    copy("x", "x", "y");
    topics.drain();
    add("first", ItemTopics.at(History.SOURCE, 50, 60, 4));
    copy("x", "x", "y", "x", "z");
    try (Consumer task = topics.task().withRuns(at -> secondRun * (at.offset() < 4 ? 1 : 2))) {
      task.drain();
    }
    assertEquals(List.of("first", "x", "x", "y", "x", "z"), values());
  }

  private static String[] rows(int from, int to) {
    String[] rows = new String[to - from];
    for (int i = from; i < to; i++) {
      rows[i - from] = "row " + i;
    }
    return rows;
  }

  private void copy(String... values) {
    for (String value : values) {
      add(value, copied());
    }
  }

  private void add(String value, SourcePosition at) {
    topics.add(
        P0,
        new RowEvent(
            History.TABLE, KEYLESS, Operation.CREATE, RowKey.of(), new Object[] {value}, null, at));
  }

  private static SourcePosition copied() {
    return ItemTopics.at(History.SOURCE, 100, 110, 5);
  }

  private List<String> values() {
    return topics.rows().stream().map(row -> (String) row.get("v")).toList();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.pipeline.PipelineOptions.TruncateMode;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import java.util.List;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A truncate is a row of a log, once. */
@Timeout(60)
class TruncatesInAppendModeTest {
  private static final SourcePartition P0 = new SourcePartition("shop.public.item", 0);

  private final ItemTopics topics = new ItemTopics(P0).append();

  @Test
  void truncateIsARowBetweenOthers() {
    addChanges();
    topics.drain();
    assertThat(logged()).containsExactlyInAnyOrder("c10", "t20", "c30");
  }

  /** It has no key: the source may not have sent it to this partition before. */
  @Test
  void truncateBelowOtherChangesIsLoggedWhereItComesAgain() {
    addChanges();
    topics.drain();
    addChanges();
    topics.drain();
    assertThat(logged()).containsExactlyInAnyOrder("c10", "t20", "c30", "t20");
  }

  /** The last event is at the mark: its position does not tell that it comes again. */
  @ParameterizedTest
  @ValueSource(longs = {0, 1})
  void lastTruncateIsLoggedOnceWhereItComesAgain(long secondRun) {
    ToLongFunction<RecordOffset> runs = at -> secondRun == 0 ? 0 : at.offset() < 2 ? 7 : 8;
    addCreate(10);
    addTruncate(20);
    drain(runs);
    addTruncate(20);
    drain(runs);
    addTruncate(40);
    drain(runs);
    assertThat(logged()).containsExactlyInAnyOrder("c10", "t20", "t40");
  }

  @Test
  void truncateIsLeftOutWhereItIsIgnored() {
    addChanges();
    run(TruncateMode.IGNORE);
    assertThat(logged()).containsExactlyInAnyOrder("c10", "c30");
  }

  @Test
  void truncateIsLeftOutWhereDeletesAreIgnored() {
    topics.deletes(DeleteMode.IGNORE);
    addChanges();
    topics.drain();
    assertThat(logged()).containsExactlyInAnyOrder("c10", "c30");
  }

  @Test
  void truncateStopsTheTaskWhereNoneMayCome() {
    addChanges();
    assertThatExceptionOfType(FatalException.class)
        .isThrownBy(() -> run(TruncateMode.FAIL))
        .withMessageContaining("truncate.mode");
  }

  private void addChanges() {
    addCreate(10);
    addTruncate(20);
    addCreate(30);
  }

  private void addCreate(long lsn) {
    topics.add(P0, Operation.CREATE, 1, "n", ItemTopics.at(History.SOURCE, lsn - 1, lsn, lsn));
  }

  private void addTruncate(long lsn) {
    topics.truncate(P0, ItemTopics.at(History.SOURCE, lsn - 1, lsn, lsn));
  }

  private void drain(ToLongFunction<RecordOffset> runs) {
    try (Consumer task = topics.task().withRuns(runs)) {
      task.drain();
    }
  }

  private void run(TruncateMode mode) {
    PipelineOptions options = TestOptions.options().tables(topics.tables()).truncates(mode).build();
    try (Consumer task = new Consumer(topics.log, topics.group, topics.target(), options)) {
      task.drain();
    }
  }

  private List<String> logged() {
    return topics.warehouse.rows(History.TABLE, topics.tables().metadata()).stream()
        .map(row -> "" + row.get("_cdc_op") + row.get("_cdc_lsn"))
        .toList();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.SourcePartition;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Dead letters of append mode, which an operator publishes again. */
class ReplaysInAppendModeTest {
  private static final SourcePartition P0 = new SourcePartition("shop.public.item", 0);

  private final ItemTopics topics = new ItemTopics(P0).append();

  @Test
  void changeThatWasRejectedIsLoggedBehindLaterOnes() {
    add(1, 10);
    add(2, 30);
    drain(at -> false);
    add(3, 20);
    drain(at -> at.offset() == 2);
    assertThat(logged()).containsExactlyInAnyOrder(10L, 30L, 20L);
  }

  @Test
  void whatTheSourceSendsAgainAfterAReplayIsRecognised() {
    add(1, 10);
    add(2, 30);
    drain(at -> false);
    add(3, 20);
    add(1, 10);
    add(2, 30);
    add(4, 40);
    drain(at -> at.offset() == 2);
    assertThat(logged()).containsExactlyInAnyOrder(10L, 30L, 20L, 40L);
  }

  private void add(int id, long lsn) {
    topics.add(P0, Operation.CREATE, id, "n", ItemTopics.at(History.SOURCE, lsn - 1, lsn, lsn));
  }

  private void drain(Predicate<RecordOffset> replays) {
    try (Consumer task = topics.task().withReplays(replays)) {
      task.drain();
    }
  }

  private List<Object> logged() {
    return topics.warehouse.rows(History.TABLE, topics.tables().metadata()).stream()
        .map(row -> row.get("_cdc_lsn"))
        .toList();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static io.lakehousecdc.sink.change.Operation.CREATE;
import static io.lakehousecdc.sink.pipeline.ItemTopics.at;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Deletes of which flattened records tell the tombstone only, emitted again by the source. */
@Timeout(60)
class RepeatedTombstonesTest {
  private static final SourcePartition P0 = new SourcePartition("shop.public.item", 0);

  private final ItemTopics topics = new ItemTopics(P0);

  @ParameterizedTest
  @EnumSource(
      value = DeleteMode.class,
      names = {"HARD", "SOFT"})
  void rowThatWasCreatedAgainStays(DeleteMode mode) {
    topics.deletes(mode);
    createDeleteAndCreate();
    topics.add(P0, CREATE, 2, "other", at(History.SOURCE, 30, 31, 1_020));
    topics.drain();
    createDeleteAndCreate();
    topics.drain();
    assertEquals(Map.of(0, "second", 2, "other"), topics.names());
    topics.add(P0, CREATE, 2, "other", at(History.SOURCE, 30, 31, 1_020));
    topics.tombstone(P0, 0);
    topics.drain();
    assertEquals(Map.of(2, "other"), topics.names());
  }

  private void createDeleteAndCreate() {
    topics.add(P0, CREATE, 0, "first", at(History.SOURCE, 10, 11, 1_000));
    topics.tombstone(P0, 0);
    topics.add(P0, CREATE, 0, "second", at(History.SOURCE, 20, 21, 1_010));
  }
}

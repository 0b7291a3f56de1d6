// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.SourceRelation;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.change.ChangeEvent.TruncateEvent;
import io.lakehousecdc.sink.change.ChangeInfo.Delivery;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.spi.TableOptions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Floors in a batch in which a source comes to light that the one before it replaces. */
class BatchContentTest {
  private static final SourceId GREEN = new SourceId("green", "shop", "postgresql");
  private static final SourcePartition PARTITION = new SourcePartition("green.public.item", 0);
  private static final Position AT = new Position(0, 120, 130);
  private static final Histories GREEN_ONLY =
      Histories.of(List.of(new io.lakehousecdc.order.History(0, GREEN, 2_000)), Map.of());
  private static final Histories BOTH =
      Histories.of(
          List.of(
              new io.lakehousecdc.order.History(-1, History.SOURCE, 1_000),
              new io.lakehousecdc.order.History(0, GREEN, 2_000)),
          Map.of());

  private final TableOptions options =
      new ItemTopics().relation(SourceRelation.SUCCESSORS).tables();
  private final BatchContent content = new BatchContent(options);

  @Test
  void truncateRemovesTheRowsOfASourceThatComesToLightLater() {
    Floor then = GREEN_ONLY.floor(AT, Floor.Cause.TRUNCATE, options.relation());
    TruncateEvent truncate = new TruncateEvent(History.TABLE, ItemTopics.at(GREEN, 120, 130, 1));
    RecordOffset at = new RecordOffset(PARTITION, 5);
    content.add(new Entry(truncate, AT, Delivery.IN_ORDER, then, at, null));
    assertSame(content, content.under(GREEN_ONLY));
    Floor now = content.under(BOTH).batches().get(0).truncates().get(0);
    assertEquals(Set.of(-1), now.replacedEpochs());
  }

  @Test
  void sweepRemovesTheRowsOfASourceThatComesToLightLater() {
    Floor then = GREEN_ONLY.floor(AT, Floor.Cause.SWEEP, options.relation());
    Sweep sweep = new Sweep(PARTITION.topic(), then, Sweep.Mode.REMOVE);
    content.sweep(new Sweeps.Due(History.TABLE, sweep, Set.of(PARTITION)));
    assertSame(content, content.under(GREEN_ONLY));
    Sweep now = content.under(BOTH).batches().get(0).sweep().orElseThrow();
    assertEquals(Set.of(-1), now.floor().replacedEpochs());
  }
}

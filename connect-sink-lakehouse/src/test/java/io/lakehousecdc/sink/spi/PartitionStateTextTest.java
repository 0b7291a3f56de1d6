// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.StreamState;
import io.lakehousecdc.sink.spi.PartitionState.Fingerprint;
import io.lakehousecdc.sink.spi.PartitionState.RejectedKey;
import io.lakehousecdc.sink.spi.PartitionState.ReplayState;
import io.lakehousecdc.sink.spi.PartitionState.SourceState;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartitionStateTextTest {
  private static final Position AT = new Position(-1, 20, 30);
  private static final Position LATER = new Position(2, 40, 0);

  @Test
  void everyPartOfAStateIsReadAsItWasWritten() {
    StreamState full = new StreamState(AT, 5, 6, 7, 8, 9, new Position(-2, 3, 4), LATER);
    StreamState plain = new StreamState(AT, -1, -1, 0);
    ReplayState replay = new ReplayState(10, 3, 2, new Fingerprint(-11, 12), -13);
    PartitionState state =
        new PartitionState(
            14,
            List.of(
                new SourceState(new SourceId("shop", "db", "postgresql"), full, replay),
                new SourceState(SourceId.UNKNOWN, plain, ReplayState.NONE)),
            new Fingerprint(15, -16),
            List.of(
                new RejectedKey(new Fingerprint(17, 18), AT, LATER),
                new RejectedKey(new Fingerprint(19, 20), AT, null)));
    assertEquals(state, PartitionStateText.parse(PartitionStateText.of(state)));
    PartitionState fresh = PartitionState.FRESH;
    assertEquals(fresh, PartitionStateText.parse(PartitionStateText.of(fresh)));
  }

  @Test
  void textThatTellsNoStateIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> PartitionStateText.parse("no state"));
  }
}

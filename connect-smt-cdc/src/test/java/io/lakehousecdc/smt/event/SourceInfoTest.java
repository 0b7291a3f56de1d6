// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.event;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourcePosition.Snapshot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceInfoTest {
  private static final SourceId SHOP = new SourceId("shop", "db", "postgresql");

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "STREAMED    | [\"24\",\"25\"] | NO          | 24 | 25",
        "STREAMED    | [null,\"25\"]   | NO          | -1 | 25",
        "STREAMED    |                 | NO          | -2 | -1",
        "SNAPSHOT    | [\"24\",\"25\"] | BLOCKING    | 24 | 25",
        "SNAPSHOT    | [null,\"25\"]   | INITIAL     | -1 | 25",
        "SNAPSHOT    |                 | BLOCKING    | -2 | -1",
        "INCREMENTAL | [\"24\",\"25\"] | INCREMENTAL | 24 | 25",
      })
  void positionIsWhatTheSequenceSays(
      Origin origin, String sequence, Snapshot snapshot, long commitLsn, long lsn) {
    SourceInfo source = new SourceInfo(SHOP, "public.orders", Sequence.parse(sequence), origin, 10);
    assertEquals(new SourcePosition(SHOP, commitLsn, lsn, snapshot, 10), source.position());
  }

  @Test
  void unknownSourceHasNoPositionAndNoTime() {
    assertEquals(SourcePosition.UNKNOWN, SourceInfo.UNKNOWN.position());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TracesTest {
  private static final String OWN =
      "org.apache.kafka.connect.errors.ConnectException: Exiting\n\tat x.Y.z(Y.java:1)\n"
          + "Caused by: io.lakehousecdc.sink.error.FatalException: Column note is missing.\n"
          + "\tat x.Y.z(Y.java:2)\n";
  private static final String OTHERS =
      "org.apache.kafka.connect.errors.ConnectException: Tolerance exceeded\n\tat x.Y.z(Y.java:1)\n"
          + "Caused by: org.apache.kafka.connect.errors.DataException: bad 'Jane Doe'\n"
          + "Caused by: com.fasterxml.jackson.core.JsonParseException: Unrecognized token 'Jane'\n";

  @Test
  void tellsTheMessageOfTheSinksOwnFailure() {
    assertEquals("Column note is missing.", Traces.reason(OWN, false));
  }

  @Test
  void doesNotTellItWhereMessagesHoldValues() {
    assertEquals("FatalException; see GET /connectors/<name>/status", Traces.reason(OWN, true));
  }

  @Test
  void tellsOnlyTheKindOfOtherFailures() {
    String reason = Traces.reason(OTHERS, false);
    assertEquals("JsonParseException; see GET /connectors/<name>/status", reason);
    assertFalse(reason.contains("Jane"));
    assertEquals("see GET /connectors/<name>/status", Traces.reason(null, false));
  }

  @Test
  void knowsWhetherMessagesHoldValuesAsTheSinkDoes() {
    assertEquals(true, Traces.discloses(Map.of("errors.log.include.messages", " TRUE ")));
    assertEquals(false, Traces.discloses(Map.of()));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoosenedStatisticsTest {

  /** As of CONVERT TO DELTA ... NO STATISTICS; the protocol asks for them beside a vector. */
  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"{}", "not JSON", "{\"numRecords\":5,\"tightBounds\":true}"})
  void fileThatIsGivenAVectorTellsItsRows(String stats) throws Exception {
    assertEquals(
        AddStatistics.parse("{\"numRecords\":5,\"tightBounds\":false}"),
        AddStatistics.parse(AddStatistics.loosened(stats, 5)));
  }
}

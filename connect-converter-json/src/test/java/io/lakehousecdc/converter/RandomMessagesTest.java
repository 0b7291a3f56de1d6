// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Test of the converter against Kafka's own over random schemas, values and damaged messages. */
class RandomMessagesTest {
  private static final int SCHEMAS = Integer.getInteger("lakehousecdc.converter.schemas", 700);

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void resultsAndErrorsAreThoseOfJsonConverter(long seed) {
    long[] counts = RandomRun.run(seed, SCHEMAS);

    System.out.printf("%,d conversions alike, %,d failures alike%n", counts[0], counts[1]);
    assertTrue(counts[0] > 10L * SCHEMAS, "hardly any message was valid");
    assertTrue(counts[1] > SCHEMAS, "hardly any message was damaged");
  }
}

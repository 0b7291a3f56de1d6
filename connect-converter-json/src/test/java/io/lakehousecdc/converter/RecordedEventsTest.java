// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.testkit.RecordedEvents;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Test of the converter against Kafka's own over events recorded from Debezium. */
class RecordedEventsTest {
  @ParameterizedTest
  @CsvSource({
    "item,true,false", "item,true,true", "item,false,false",
    "plain,true,false", "plain,true,true", "plain,false,false"
  })
  void eventsAreConvertedAlike(String recording, String schemas, String replaced) {
    Map<String, String> configuration =
        Map.of("schemas.enable", schemas, "replace.null.with.default", replaced);
    List<SinkRecord> records = RecordedEvents.read(recording);
    try (Comparison comparison = new Comparison(configuration)) {
      for (int round = 0; round < 3; round++) {
        for (SinkRecord record : records) {
          roundTrip(comparison, record);
        }
      }
      assertTrue(comparison.results() > 10L * records.size());
      assertEquals(0, comparison.errors());
    }
  }

  private static void roundTrip(Comparison comparison, SinkRecord record) {
    comparison.toConnect(comparison.fromConnect(record.keySchema(), record.key()));
    comparison.toConnect(comparison.fromConnect(record.valueSchema(), record.value()));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.transforms.Transformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of options that no transform reads. */
class UnreadOptionsTest {

  @ParameterizedTest
  @CsvSource({
    "max.entires, max.entries",
    "header_name, header.name",
    "flatened.prefix, flattened.prefix"
  })
  void nearMissOfAnOptionIsAnErrorThatNamesIt(String option, String meant) {
    try (LsnDedup<SinkRecord> transform = new LsnDedup<>()) {
      ConfigException error =
          assertThrows(ConfigException.class, () -> transform.configure(Map.of(option, "1")));
      assertTrue(error.getMessage().contains("Do you mean " + meant + "?"), error::getMessage);
    }
  }

  @Test
  void nearMissOfAnOptionOfTheRouterIsAnErrorToo() {
    try (DlqRouter<SinkRecord> transform = new DlqRouter<>()) {
      assertThrows(ConfigException.class, () -> transform.configure(Map.of("allowed_ops", "c")));
    }
  }

  /** Connect passes its own on; others may be of a later version. */
  @ParameterizedTest
  @ValueSource(strings = {"type", "predicate", "negate", "plugin.version", "foo", "sample.rate"})
  void otherOptionIsNone(String option) {
    for (Transformation<SinkRecord> transform :
        List.<Transformation<SinkRecord>>of(new LsnDedup<>(), new DlqRouter<>())) {
      assertDoesNotThrow(() -> transform.configure(Map.of(option, "1")));
      transform.close();
    }
  }
}

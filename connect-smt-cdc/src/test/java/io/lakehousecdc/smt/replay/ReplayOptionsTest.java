// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplayOptionsTest {

  @Test
  void topicNeedsNoMoreThanTheBroker() {
    ReplayOptions options = ReplayOptions.parse("--bootstrap", "b:9092", "--topic", "o.dlq");
    assertEquals(Optional.of("o.dlq"), options.topic());
    assertEquals(3, options.maxRetries());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--topic o|--bootstrap is missing",
        "--bootstrap b|either --topic or --table",
        "--bootstrap b --topic o --table t --jdbc-url u|either --topic or --table",
        "--bootstrap b --table t|--table needs --jdbc-url",
        "--bootstrap b --topic|--topic needs a value",
        "--bootstrap b --topic o --max-retries 0|--max-retries must be a number",
        "--bootstrap b --topic o --original-topic o|dead-letter topic itself",
        "--bootstrap b --topic o --password p|no option --password",
      })
  void wrongOptionIsNamed(String arguments, String message) {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> ReplayOptions.parse(arguments.split(" ")));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }
}

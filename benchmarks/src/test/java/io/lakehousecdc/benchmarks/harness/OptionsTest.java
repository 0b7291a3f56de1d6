// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lakehousecdc.benchmarks.harness.Options.Option;
import io.lakehousecdc.benchmarks.load.Wire;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {
  private static final List<Option> KNOWN =
      List.of(
          new Option("rows", "1000", "rows in the snapshot"),
          new Option("converters", "json,avro", "kinds of records"));

  @Test
  void optionOnTheCommandLineTakesTheDefaultsPlace() {
    Options options = Options.parse(KNOWN, List.of("--rows", "5"));

    assertEquals(5, options.number("rows"));
    assertEquals(List.of(Wire.JSON, Wire.AVRO), options.choices("converters", Wire.class));
  }

  @Test
  void unknownOptionIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Options.parse(KNOWN, List.of("--row", "5")));
  }

  @Test
  void optionWithoutValueIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Options.parse(KNOWN, List.of("--rows")));
  }

  @Test
  void valueThatIsNoChoiceIsRefused() {
    Options options = Options.parse(KNOWN, List.of("--converters", "json,protobuf"));

    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class, () -> options.choices("converters", Wire.class));
    assertEquals("--converters protobuf: choose from json,json-cached,avro", refusal.getMessage());
  }

  @Test
  void negativeNumberIsRefused() {
    Options options = Options.parse(KNOWN, List.of("--rows", "-1"));

    assertThrows(IllegalArgumentException.class, () -> options.number("rows"));
  }
}

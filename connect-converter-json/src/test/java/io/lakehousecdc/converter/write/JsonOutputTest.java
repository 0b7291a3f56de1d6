// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class JsonOutputTest {
  private static final int SIZE = 1_000_000;

  private final JsonOutput output = new JsonOutput();

  @Test
  void oneEscapeTakesNoSpaceForAsManyAsThereAreCharacters() {
    output.string("\n" + "a".repeat(SIZE));

    assertEquals(SIZE + 4, output.toBytes().length);
    assertTrue(output.capacity() < 3 * SIZE, "a large text takes several times its size");
  }

  @Test
  void textOfEscapesOnlyFindsItsSpace() {
    output.string("\u0001".repeat(SIZE));

    String expected = '"' + "\\u0001".repeat(SIZE) + '"';
    assertEquals(expected, new String(output.toBytes(), StandardCharsets.US_ASCII));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class SequenceTest {

  @Test
  void textIsRead() {
    assertEquals(new Sequence(24L, 25), Sequence.parse("[\"24\",\"25\"]"));
    assertEquals(new Sequence(24L, 25), Sequence.parse(" [ \"24\" , \"25\" ] "));
    assertEquals(new Sequence(null, 25), Sequence.parse("[null,\"25\"]"));
  }

  @Test
  void listThatAHeaderConverterMadeIsRead() {
    assertEquals(new Sequence(24L, 25), Sequence.parse(List.of("24", "25")));
    assertEquals(new Sequence(null, 25), Sequence.parse(Arrays.asList(null, 25L)));
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "[]", "24,25", "[\"24\"]", "[\"24\",null]", "[\"a\",\"b\"]", "[1,2"})
  void anythingElseIsNone(String text) {
    assertNull(Sequence.parse(text));
  }
}

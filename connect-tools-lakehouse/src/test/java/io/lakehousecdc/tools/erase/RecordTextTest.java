// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.tools.erase.RecordText.About;
import io.lakehousecdc.tools.removal.KeyText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordTextTest {
  private final RecordText records =
      new RecordText(KeyText.parse(List.of("id=42", "region=eu")), UnaryOperator.identity());

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"id":42,"region":"eu"}                               |                    | KEY
          {"schema":{},"payload":{"id":42,"region":"eu"}}       |                    | KEY
                     | {"before":{"id":42,"region":"eu"},"after":null}               | KEY
                     | {"after":{"region":"eu","id":42.0,"name":"x"}}                | KEY
                     | {"id":42,"region":"eu","name":"flattened"}                    | KEY
          {"id":42,"region":"us"}                               |                    | OTHER
          {"id":420,"region":"eu"}                              |                    | OTHER
          {"id":42}                                             |                    | OTHER
          {"id":1,"region":"eu"}                                | broken             | OTHER
          broken                                                | {"id": 42,         | UNREADABLE
          """)
  void recordIsAboutTheKeyWhereAllOfItsColumnsAre(String key, String value, About expected) {
    assertEquals(expected, records.of(key, value));
  }

  @Test
  void valuesThatOnlyContainThoseOfTheKeyAreOthers() {
    assertTrue(records.mayBeAbout(null, "row 42 in eu"));
    assertFalse(records.mayBeAbout(null, "row 421 in eu"));
    assertFalse(records.mayBeAbout(null, "row 42"));
  }

  @Test
  void nullIsNoText() {
    Map<String, String> key = new LinkedHashMap<>();
    key.put("id", null);
    RecordText ofNull = new RecordText(new KeyText(key), name -> name.toLowerCase(Locale.ROOT));
    assertEquals(About.KEY, ofNull.of("{\"ID\":null}", null));
    assertEquals(About.OTHER, ofNull.of("{\"ID\":\"null\"}", null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1.50", "-0.5", "2026-01-01", "2026-01-01 10:00:00+00", "10:30:00", "\\x00ff"})
  void valuesThatRecordsEncodeAreNotShown(String value) {
    KeyText key = KeyText.parse(List.of("a=1", "b=" + value));

    assertFalse(new RecordText(key, column -> column).isShown());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"4711", "-1", "x-2026-01-01", "a.b", "3f2504e0-4f89-11d3-9a0c-0305e82c3301"})
  void valuesThatRecordsHaveAsTextAreShown(String value) {
    assertTrue(new RecordText(KeyText.parse(List.of("a=" + value)), column -> column).isShown());
  }
}

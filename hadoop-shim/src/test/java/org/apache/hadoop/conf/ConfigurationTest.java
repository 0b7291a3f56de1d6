// SPDX-License-Identifier: Apache-2.0
package org.apache.hadoop.conf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigurationTest {
  private final Configuration configuration = new Configuration();

  @Test
  void whatIsNotSetIsAbsent() {
    assertNull(configuration.get("a"));
    assertNull(configuration.getTrimmed("a"));
    assertEquals("b", configuration.get("a", "b"));
    assertEquals(7, configuration.getInt("a", 7));
    assertEquals(true, configuration.getBoolean("a", true));
    assertEquals(String.class, configuration.getClass("a", String.class));
    assertArrayEquals(new String[] {"x"}, configuration.getStrings("a", "x"));
  }

  @Test
  void valuesAreReadAsWhatTheyWereSet() {
    configuration.setInt("int", -3);
    configuration.setLong("long", 1L << 40);
    configuration.setBoolean("boolean", false);
    configuration.setStrings("strings", "a", "b");
    configuration.setClass("class", Integer.class, Number.class);

    assertEquals(-3, configuration.getInt("int", 0));
    assertEquals(1L << 40, configuration.getLong("long", 0));
    assertEquals(false, configuration.getBoolean("boolean", true));
    assertArrayEquals(new String[] {"a", "b"}, configuration.getStrings("strings"));
    assertEquals(Integer.class, configuration.getClass("class", null, Number.class));
  }

  @Test
  void spaceAroundValuesDoesNotCount() {
    configuration.set("a", " 1 ");
    configuration.set("b", " TRUE ");
    configuration.set("c", " x , ,y");

    assertEquals(" 1 ", configuration.get("a"));
    assertEquals("1", configuration.getTrimmed("a"));
    assertEquals(1, configuration.getInt("a", 0));
    assertEquals(1.0f, configuration.getFloat("a", 0));
    assertEquals(true, configuration.getBoolean("b", false));
    assertArrayEquals(new String[] {"x", "y"}, configuration.getStrings("c"));
  }

  @Test
  void neitherTrueNorFalseIsAbsent() {
    configuration.set("a", "yes");
    assertEquals(false, configuration.getBoolean("a", false));
    assertEquals(true, configuration.getBoolean("a", true));
  }

  @Test
  void whatDoesNotFitIsRefused() {
    configuration.set("a", "x");
    assertThrows(NumberFormatException.class, () -> configuration.getInt("a", 0));
    assertThrows(IllegalArgumentException.class, () -> configuration.getClass("a", null));
    configuration.setClass("b", String.class, Object.class);
    assertThrows(ClassCastException.class, () -> configuration.getClass("b", null, Number.class));
  }

  @Test
  void copyIsIndependent() {
    configuration.set("a", "1");
    Configuration copy = new Configuration(configuration);
    configuration.set("a", "2");
    copy.set("b", "3");

    assertEquals(Map.of("a", "1", "b", "3"), entries(copy));
    assertEquals(Map.of("a", "2"), entries(configuration));
  }

  private static Map<String, String> entries(Configuration configuration) {
    Map<String, String> entries = new HashMap<>();
    configuration.forEach(entry -> entries.put(entry.getKey(), entry.getValue()));
    return entries;
  }
}

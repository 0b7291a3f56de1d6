// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddStatisticsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** As of CONVERT TO DELTA ... NO STATISTICS; the protocol asks for them beside a vector. */
  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"{}", "not JSON", "{\"numRecords\":5,\"tightBounds\":true}"})
  void fileThatIsGivenAVectorTellsItsRows(String stats) throws Exception {
    assertEquals(
        JSON.readTree("{\"numRecords\":5,\"tightBounds\":false}"),
        AddStatistics.loosened(AddStatistics.of(stats), 5).tree());
  }

  @Test
  void looseStatisticsAreLeftAsTheyAre() {
    AddStatistics loose = AddStatistics.of("{\"numRecords\":5,\"tightBounds\":false}");
    assertSame(loose, AddStatistics.loosened(loose, 5));
    assertEquals(6, AddStatistics.records(AddStatistics.loosened(loose, 6)));
    // A column of that name says nothing about the bounds.
    AddStatistics column =
        AddStatistics.of("{\"numRecords\":5,\"minValues\":{\"tightBounds\":false}}");
    assertEquals(false, AddStatistics.loosened(column, 5).tree().path("tightBounds").asBoolean());
  }

  @Test
  void boundsKeepAllTheirDigitsWhenTheyAreLoosened() {
    String bounds = "\"maxValues\":{\"a\":1234567890123456789.0123456789,\"b\":0.1}";
    assertEquals(
        "{\"numRecords\":5," + bounds + ",\"tightBounds\":false}",
        AddStatistics.loosened(AddStatistics.of("{\"numRecords\":5," + bounds + "}"), 5).json());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"numRecords\":0}",
        "{\"numRecords\":9223372036854775807,\"minValues\":{},\"maxValues\":{\"a\":{\"b\":-1.50}}}",
        "{\"minValues\":{\"a\":1E+30,\"b\":\"\",\"c\":null,\"d\":true},\"nullCount\":{\"a\":0}}",
        "{\"maxValues\":{\"a\\n\\\"b\":\"line\\nbreak \\\\ \\\"quoted\\\" ä 𝄞\"},\"x\":[1,[2],{}]}"
      })
  void textComesBackAsItWas(String json) {
    assertEquals(json, AddStatistics.of(json).json());
  }

  @Test
  void spaceBetweenTokensMeansNothing() {
    assertEquals(
        AddStatistics.of("{\"numRecords\":1,\"nullCount\":{\"a\":0}}"),
        AddStatistics.of(" { \"numRecords\" : 1 ,\n \"nullCount\" : { \"a\" : 0 } } "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "1", "{\"numRecords\":", "{\"numRecords\":1}}"})
  void textThatNobodyCanReadIsAsGoodAsNone(String json) {
    assertNull(AddStatistics.of(json));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"numRecords\":1.5}", "{\"minValues\":{\"numRecords\":3}}"})
  void rowsAreNotToldByAnythingElse(String json) {
    assertEquals(-1, AddStatistics.records(AddStatistics.of(json)));
  }

  @Test
  void filesShareTheNamesOfTheirColumns() {
    Set<String> forms = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int file = 0; file < 100; file++) {
      StringBuilder bounds = new StringBuilder();
      for (int column = 0; column < 40; column++) {
        bounds.append(column == 0 ? "" : ",").append("\"col-%036d\":%d".formatted(column, file));
      }
      String json =
          "{\"numRecords\":%d,\"minValues\":{%s},\"maxValues\":{%s}}"
              .formatted(file, bounds, bounds);
      AddStatistics statistics = AddStatistics.of(json);
      assertEquals(json, statistics.json());
      forms.add(statistics.form());
    }
    assertEquals(1, forms.size());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "'{~maxValues~:{~a~:{~b~:1,~x~:2},~c~:-7}}', maxValues c, -7",
        "'{~maxValues~:{~a~:{~b~:1,~x~:2},~c~:-7}}', maxValues a x, 2",
        "'{~x~:[1,[2],{~y~:3}],~nullCount~:{~c~:0}}', nullCount c, 0",
        "'{~minValues~:{~c~:~text~,~d~:9223372036854775807}}', minValues d, 9223372036854775807",
        "{~minValues~:{~c~:1.0}}, minValues c,",
        "{~minValues~:{~c~:~5~}}, minValues c,",
        "{~minValues~:{~c~:null}}, minValues c,",
        "{~minValues~:{~c~:9223372036854775808}}, minValues c,",
        "{~minValues~:{~c~:1}}, maxValues c,",
        "{}, minValues c,"
      })
  void integerIsFoundByItsPath(String json, String path, Long expected) {
    AddStatistics statistics = AddStatistics.of(json.replace('~', '"'));
    OptionalLong found = statistics.integer(List.of(path.split(" ")));
    assertEquals(expected == null ? OptionalLong.empty() : OptionalLong.of(expected), found);
  }

  @Test
  void columnsThatAreNotWantedAreLeftOut() {
    String all =
        "{\"numRecords\":3,\"minValues\":{\"a\":1,\"b\":{\"c\":2}},\"maxValues\":{\"b\":{\"c\":4}},"
            + "\"nullCount\":{\"a\":0,\"d\":3},\"tightBounds\":false}";
    AddStatistics statistics = AddStatistics.of(all);
    assertSame(statistics, statistics.only(Set.of("a", "b", "d", "e")));
    assertEquals(
        "{\"numRecords\":3,\"minValues\":{\"b\":{\"c\":2}},\"maxValues\":{\"b\":{\"c\":4}},"
            + "\"nullCount\":{},\"tightBounds\":false}",
        statistics.only(Set.of("b")).json());
  }
}

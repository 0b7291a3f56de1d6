// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.converter.ConverterSettings.Schemas;
import io.lakehousecdc.converter.option.Decimals;
import io.lakehousecdc.converter.option.Nulls;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Test of what is recognised of messages, and what is left to {@code JsonConverter}. */
class ToConnectTest {
  private static final String TOPIC = "shop.public.orders";
  private static final int CACHE_SIZE = 3;

  private final CountingConverter exact = new CountingConverter();
  private ToConnect converter;

  @BeforeEach
  void configure() {
    exact.configure(Map.of(), false);
    converter = converter(Schemas.EMBEDDED);
  }

  private ToConnect converter(Schemas schemas) {
    return new ToConnect(
        exact, new ConverterSettings(schemas, Nulls.KEPT, Decimals.BASE64, CACHE_SIZE));
  }

  @Test
  void schemaIsParsedOnce() {
    SchemaAndValue first = read(order("orders", "{\"id\":1,\"note\":\"a\"}"));
    assertEquals(1, exact.calls());

    SchemaAndValue second = read(order("orders", "{\"id\":2,\"note\":null}"));

    assertEquals(0, exact.calls());
    assertTrue(first.schema() == second.schema(), "the sink compares schemas by identity first");
    assertEquals(2, ((Struct) second.value()).getInt32("id"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"note\":\"a\",\"id\":1}",
        "{\"id\":1}",
        " { \"id\" : 1 , \"note\" : \"gr\u00FC\u00DFe \\n \\u20AC \\ud83d\\ude00\" } ",
        "null"
      })
  void payloadsOfOtherFormsAreRecognised(String payload) {
    read(order("orders", "{\"id\":1,\"note\":\"a\"}"));
    exact.calls();

    read(order("orders", payload));

    assertEquals(0, exact.calls());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":1,\"note\":\"a\",\"more\":1}",
        "{\"id\":1,\"id\":2,\"note\":\"a\"}",
        "{\"id\":1.5,\"note\":\"a\"}",
        "{\"id\":4294967297,\"note\":\"a\"}",
        "{\"id\":007,\"note\":\"a\"}",
        "{\"id\":1,\"note\":\"\\ud800\"}"
      })
  void whatReadersOfJsonDifferInIsLeftToJsonConverter(String payload) {
    read(order("orders", "{\"id\":1,\"note\":\"a\"}"));
    exact.calls();

    read(order("orders", payload));

    assertEquals(1, exact.calls());
  }

  @Test
  void invalidMessageFailsAsInJsonConverter() {
    read(order("orders", "{\"id\":1,\"note\":\"a\"}"));

    byte[] incomplete = order("orders", "{\"note\":\"a\"}");
    DataException failure = assertThrows(DataException.class, () -> read(incomplete));

    assertEquals("Invalid null value for required INT32 field", failure.getMessage());
  }

  @Test
  void schemaAfterThePayloadIsNotTakenForTheOneBeforeIt() {
    String first = text(order("orders", "{\"id\":1,\"note\":\"a\"}"));
    String second = first.substring(0, first.length() - 1) + ",\"schema\":{\"type\":\"int32\"}}";
    byte[] both = second.replace("{\"id\":1,\"note\":\"a\"}", "7").getBytes(StandardCharsets.UTF_8);

    assertEquals(7, read(both).value());
    assertEquals(7, read(both).value());

    assertEquals(2, exact.calls(), "the message with two schemas was recognised");
  }

  @Test
  void tablesThatShareATopicAreKnownSideBySide() {
    for (int round = 0; round < 2; round++) {
      for (int table = 0; table < 16; table++) {
        read(order("orders" + table, "{\"id\":1,\"note\":\"a\"}"));
      }
    }
    assertEquals(16, exact.calls());
  }

  @Test
  void schemaThatComesToStayIsLearnedAfterManyThatDidNot() {
    IntStream.range(0, 1_000).forEach(i -> read(order("passing" + i, "{\"id\":1,\"note\":\"a\"}")));
    assertEquals(1_000, exact.calls());

    IntStream.range(0, 100).forEach(i -> read(order("orders", "{\"id\":1,\"note\":\"a\"}")));

    assertTrue(exact.calls() <= 16, "the new schema was not learned soon");
  }

  @Test
  void topicsBeyondTheCacheAreConvertedToo() {
    for (int topic = 0; topic < 3 * CACHE_SIZE; topic++) {
      byte[] message = order("orders", "{\"id\":" + topic + ",\"note\":\"a\"}");
      Struct value = (Struct) converter.convert("topic" + topic, message).value();
      assertEquals(topic, value.getInt32("id"));
    }
  }

  @Test
  void valuesWithoutSchemasAreParsedDirectly() {
    exact.configure(Map.of("schemas.enable", "false"), false);
    converter = converter(Schemas.NONE);
    byte[] message = "{\"id\":1,\"list\":[1.5,true,null]}".getBytes(StandardCharsets.UTF_8);
    SchemaAndValue first = read(message);
    exact.calls();

    assertTrue(Same.values(first.value(), read(message).value()));

    assertEquals(0, exact.calls());
  }

  @Test
  void configuredSchemaIsThatOfAllMessages() {
    String schema = "{\"type\":\"int32\",\"optional\":false}";
    exact.configure(Map.of("schema.content", schema), false);
    converter = converter(Schemas.CONFIGURED);

    assertEquals(5, read("5".getBytes(StandardCharsets.UTF_8)).value());
    assertEquals(6, read("6".getBytes(StandardCharsets.UTF_8)).value());

    assertEquals(1, exact.calls());
  }

  private SchemaAndValue read(byte[] message) {
    return converter.convert(TOPIC, message);
  }

  private static String text(byte[] message) {
    return new String(message, StandardCharsets.UTF_8);
  }

  private static byte[] order(String name, String payload) {
    return """
        {"schema":{"type":"struct","optional":true,"name":"%s","fields":[
          {"field":"id","type":"int32","optional":false},
          {"field":"note","type":"string","optional":true}]},"payload":%s}"""
        .formatted(name, payload)
        .getBytes(StandardCharsets.UTF_8);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.ConnectSchema;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Test of the converter against Kafka's own at the limits of what that one takes. */
class LimitsTest {
  private static final String DECIMAL =
      """
      {"type":"bytes","name":"org.apache.kafka.connect.data.Decimal","parameters":{"scale":"2"}}""";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1e400",
        "1e999999999",
        "1e-999999999",
        "1e0000000000005",
        "1e2147483647",
        "1e2147483648",
        "-1e9999999999",
        "0e9999999999",
        "1.5e-9999999999",
        "16777217",
        "1.00000005960464477539062500000001",
        "123456789012345678901234567890123456789012"
      })
  void numbersAreThoseOfJsonConverter(String number) {
    for (String type : List.of("float", "double", "int64")) {
      compare("{\"type\":\"" + type + "\"}", "1", number);
    }
    compare(DECIMAL, "1", number);
    try (Comparison comparison = new Comparison(Map.of("schemas.enable", "false"))) {
      comparison.toConnect("1".getBytes(UTF_8));
      comparison.toConnect(number.getBytes(UTF_8));
    }
  }

  @Test
  void nameWithABackslashIsNotTakenForAnEscape() {
    compare(struct("a\\\\n"), "{\"a\\\\n\":1}", "{\"a\\n\":1}");
  }

  @Test
  void nameWithQuotationMarksIsNotTakenForMembers() {
    compare(struct("a\\\":1,\\\"b"), "{}", "{\"a\":1,\"b\":2}");
  }

  @Test
  void nameThatIsNoTextIsNotTakenForItsReplacement() {
    compare(struct("\\ud800"), "{}", "{\"?\":1}");
  }

  @Test
  void nameBeyondTheLimitOfNamesFails() {
    String name = "n".repeat(60_000);
    compare(struct(name), "{}", "{\"" + name + "\":1}");
  }

  /** Of JSON's null: then messages are envelopes. */
  @Test
  void configuredSchemaMayBeNull() {
    try (Comparison comparison = new Comparison(Map.of("schema.content", "null"))) {
      for (int i = 0; i < 2; i++) {
        comparison.toConnect("{\"schema\":null,\"payload\":7}".getBytes(UTF_8));
      }
    }
  }

  @Test
  void valueBeyondTheLimitOfNestingFails() {
    Schema schema = Schema.INT32_SCHEMA;
    Object value = 1;
    for (int i = 0; i < 1_100; i++) {
      schema = SchemaBuilder.array(schema).build();
      value = List.of(value);
    }
    try (Comparison comparison = new Comparison(Map.of("schemas.enable", "false"))) {
      comparison.fromConnect(schema, List.of());
      comparison.fromConnect(schema, value);
    }
  }

  @Test
  void fieldWhoseBuilderGoesOnIsWrittenAsItIs() {
    SchemaBuilder field = SchemaBuilder.int32().optional();
    Schema schema = SchemaBuilder.struct().field("id", field).build();
    try (Comparison comparison = new Comparison(Map.of("schemas.enable", "false"))) {
      comparison.fromConnect(schema, new Struct(schema));
      field.defaultValue(7);
      comparison.fromConnect(schema, new Struct(schema));
    }
  }

  @Test
  void schemaOfAnotherClassIsAskedEachTime() {
    ChangingSchema schema = new ChangingSchema();
    try (Comparison comparison = new Comparison(Map.of("schemas.enable", "false"))) {
      comparison.fromConnect(schema, null);
      schema.optional = false;
      comparison.fromConnect(schema, null);
    }
  }

  private static final class ChangingSchema extends ConnectSchema {
    private boolean optional = true;

    ChangingSchema() {
      super(Type.INT32);
    }

    @Override
    public boolean isOptional() {
      return optional;
    }
  }

  private static String struct(String name) {
    return """
    {"type":"struct","fields":[{"field":"%s","type":"int32","optional":true}]}"""
        .formatted(name);
  }

  /** Compares what becomes of a payload once its schema has been learned from another one. */
  private static void compare(String schema, String learned, String payload) {
    try (Comparison comparison = new Comparison(Map.of())) {
      for (String each : List.of(learned, payload)) {
        String message = "{\"schema\":" + schema + ",\"payload\":" + each + "}";
        comparison.toConnect(message.getBytes(UTF_8));
      }
    }
  }
}

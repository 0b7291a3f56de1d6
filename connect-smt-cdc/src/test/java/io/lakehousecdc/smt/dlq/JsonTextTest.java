// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.dlq;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.json.JsonConverter;
import org.junit.jupiter.api.Test;

class JsonTextTest {
  private static final Schema INNER =
      SchemaBuilder.struct().field("x", Schema.INT32_SCHEMA).build();
  private static final Schema SCHEMA =
      SchemaBuilder.struct()
          .field("text", Schema.STRING_SCHEMA)
          .field("absent", SchemaBuilder.string().optional().defaultValue("default").build())
          .field("bool", Schema.BOOLEAN_SCHEMA)
          .field("long", Schema.INT64_SCHEMA)
          .field("double", Schema.FLOAT64_SCHEMA)
          .field("nan", Schema.FLOAT32_SCHEMA)
          .field("infinity", Schema.FLOAT64_SCHEMA)
          .field("bytes", Schema.BYTES_SCHEMA)
          .field("decimal", Decimal.schema(2))
          .field("date", Date.SCHEMA)
          .field("time", Time.SCHEMA)
          .field("timestamp", Timestamp.SCHEMA)
          .field("list", SchemaBuilder.array(Schema.OPTIONAL_INT32_SCHEMA).build())
          .field("map", SchemaBuilder.map(Schema.STRING_SCHEMA, INNER).build())
          .field("pairs", SchemaBuilder.map(Schema.INT32_SCHEMA, Schema.STRING_SCHEMA).build())
          .build();

  /** The replayer relies on it: the topic's converter can read the text in the table. */
  @Test
  void isWhatJsonConverterWritesWithoutSchemas() {
    Struct struct =
        new Struct(SCHEMA)
            .put("text", "quote \" backslash \\ line\n\r\t bell \u0007 ü € 😀")
            .put("bool", true)
            .put("long", Long.MIN_VALUE)
            .put("double", 0.1)
            .put("nan", Float.NaN)
            .put("infinity", Double.NEGATIVE_INFINITY)
            .put("bytes", ByteBuffer.wrap(new byte[] {0, -1, 7}))
            .put("decimal", new BigDecimal("-12345.67"))
            .put("date", Date.toLogical(Date.SCHEMA, -3))
            .put("time", Time.toLogical(Time.SCHEMA, 86_399_999))
            .put("timestamp", Timestamp.toLogical(Timestamp.SCHEMA, -1))
            .put("list", Arrays.asList(1, null, 3))
            .put("map", Map.of("k", new Struct(INNER).put("x", 1)))
            .put("pairs", Map.of(7, "seven"));
    try (JsonConverter converter = new JsonConverter()) {
      converter.configure(
          Map.of("schemas.enable", "false", "replace.null.with.default", "false"), false);
      byte[] expected = converter.fromConnectData("t", SCHEMA, struct);
      byte[] written = JsonText.of(SCHEMA, struct).getBytes(StandardCharsets.UTF_8);
      // Compared as data: the converter writes characters beyond the BMP as escapes.
      assertEquals(
          converter.toConnectData("t", expected).value(),
          converter.toConnectData("t", written).value());
    }
  }

  @Test
  void schemalessDataIsWrittenByItsClasses() {
    assertEquals(
        "{\"a\":[1,\"x\",null]}", JsonText.of(null, Map.of("a", Arrays.asList(1, "x", null))));
    assertEquals("[]", JsonText.of(null, List.of()));
    assertEquals("7", JsonText.of(null, 7));
    assertEquals("plain", JsonText.of(null, "plain"));
  }
}

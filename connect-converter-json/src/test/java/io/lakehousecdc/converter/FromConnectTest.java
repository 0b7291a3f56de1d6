// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.converter.ConverterSettings.Schemas;
import io.lakehousecdc.converter.option.Decimals;
import io.lakehousecdc.converter.option.Nulls;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Test of which values are written from memory, and which by {@code JsonConverter}. */
class FromConnectTest {
  private static final String TOPIC = "shop.public.orders";
  private static final int CACHE_SIZE = 3;

  private final CountingConverter exact = new CountingConverter();
  private FromConnect converter;

  @BeforeEach
  void configure() {
    exact.configure(Map.of(), false);
    converter =
        new FromConnect(
            exact,
            new ConverterSettings(Schemas.EMBEDDED, Nulls.REPLACED, Decimals.BASE64, CACHE_SIZE));
  }

  @Test
  void schemaIsWrittenOnce() {
    Schema schema = schema("orders");
    write(schema, order(schema, 1));
    exact.calls();

    byte[] written = write(schema, order(schema, 2));

    assertEquals(0, exact.calls());
    assertArrayEquals(exact.fromConnectData(TOPIC, schema, order(schema, 2)), written);
  }

  @Test
  void equalSchemasAreOne() {
    write(schema("orders"), order(schema("orders"), 1));
    exact.calls();

    IntStream.range(0, 2_000).forEach(i -> write(schema("orders"), order(schema("orders"), i)));

    assertEquals(0, exact.calls());
  }

  @Test
  void schemasBeyondTheCacheAreWrittenToo() {
    for (int i = 0; i < 3 * CACHE_SIZE; i++) {
      Schema schema = schema("orders" + i);
      byte[] written = write(schema, order(schema, i));
      assertArrayEquals(exact.fromConnectData(TOPIC, schema, order(schema, i)), written);
    }
  }

  @Test
  void valueOfAnotherSchemaFailsAsInJsonConverter() {
    Schema schema = schema("orders");
    write(schema, order(schema, 1));

    DataException failure =
        assertThrows(DataException.class, () -> write(schema, order(schema("customers"), 1)));

    assertEquals("Mismatching schema.", failure.getMessage());
  }

  @Test
  void schemaThatIsStillBeingBuiltIsNotRemembered() {
    SchemaBuilder builder = SchemaBuilder.struct().field("id", Schema.INT32_SCHEMA);
    write(builder, new Struct(builder.build()).put("id", 1), DataException.class);
    builder.field("more", Schema.OPTIONAL_STRING_SCHEMA);
    write(builder, new Struct(builder.build()).put("id", 1), DataException.class);

    assertEquals(2, exact.calls());
  }

  @Test
  void threadsShareAConverter() {
    Schema schema = schema("orders");
    write(schema, order(schema, 0));

    boolean allAlike =
        IntStream.range(0, 20_000)
            .parallel()
            .allMatch(
                i -> {
                  String text = new String(write(schema, order(schema, i)), UTF_8);
                  return text.endsWith("\"payload\":{\"id\":" + i + "}}");
                });

    assertTrue(allAlike, "threads wrote into each other's buffers");
  }

  private byte[] write(Schema schema, Struct value) {
    return converter.convert(TOPIC, schema, value);
  }

  private void write(Schema schema, Struct value, Class<? extends Exception> failure) {
    assertThrows(failure, () -> converter.convert(TOPIC, schema, value));
  }

  private static Schema schema(String name) {
    return SchemaBuilder.struct().name(name).field("id", Schema.INT32_SCHEMA).build();
  }

  private static Struct order(Schema schema, int id) {
    return new Struct(schema).put("id", id);
  }
}

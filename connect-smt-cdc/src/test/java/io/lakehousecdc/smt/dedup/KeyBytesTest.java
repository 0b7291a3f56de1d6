// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.dedup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;

class KeyBytesTest {
  private static final Schema NARROW =
      SchemaBuilder.struct()
          .field("id", Schema.INT32_SCHEMA)
          .field("part", Schema.OPTIONAL_STRING_SCHEMA)
          .build();
  private static final Schema WIDE =
      SchemaBuilder.struct()
          .field("id", Schema.INT64_SCHEMA)
          .field("part", Schema.OPTIONAL_STRING_SCHEMA)
          .build();

  @Test
  void widenedColumnIsTheSameKey() {
    assertArrayEquals(
        KeyBytes.of(new Struct(NARROW).put("id", 7).put("part", "a")),
        KeyBytes.of(new Struct(WIDE).put("id", 7L).put("part", "a")));
  }

  @Test
  void orderOfAMapDoesNotMatter() {
    Map<String, Object> other = new LinkedHashMap<>();
    other.put("part", "a");
    other.put("id", 7L);
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("id", 7L);
    one.put("part", "a");
    assertArrayEquals(KeyBytes.of(one), KeyBytes.of(other));
  }

  @Test
  void bytesAreComparedByContentAndBuffersAreNotConsumed() {
    ByteBuffer buffer = ByteBuffer.wrap(new byte[] {1, 2});
    assertArrayEquals(KeyBytes.of(new byte[] {1, 2}), KeyBytes.of(buffer));
    assertEquals(2, buffer.remaining());
  }

  @Test
  void differentKeysHaveDifferentBytes() {
    List<Object> keys =
        List.of(
            new Struct(NARROW).put("id", 7).put("part", "a"),
            new Struct(NARROW).put("id", 7),
            new Struct(NARROW).put("id", 7).put("part", ""),
            Map.of("id", 7L),
            Map.of("id", "7"),
            Map.of("id", 7.0),
            7L,
            "7",
            new BigDecimal("7"),
            true,
            "true",
            List.of("a", "b"),
            List.of("ab"),
            List.of("a", List.of("b")),
            Arrays.asList("a", null),
            new byte[] {'7'});
    Set<ByteBuffer> encoded = new HashSet<>();
    keys.forEach(key -> encoded.add(ByteBuffer.wrap(KeyBytes.of(key))));
    assertEquals(keys.size(), encoded.size());
  }
}

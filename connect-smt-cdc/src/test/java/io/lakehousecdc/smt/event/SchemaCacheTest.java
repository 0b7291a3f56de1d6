// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.junit.jupiter.api.Test;

class SchemaCacheTest {
  private int compiled;
  private final SchemaCache<Object> cache =
      new SchemaCache<>(
          schema -> {
            compiled++;
            return new Object();
          });

  @Test
  void schemaIsCompiledOnce() {
    Schema schema = SchemaBuilder.struct().build();
    assertSame(cache.get(schema), cache.get(schema));
    assertEquals(1, compiled);
  }

  @Test
  void cacheIsBounded() {
    for (int i = 0; i < 3 * SchemaCache.LIMIT; i++) {
      cache.get(SchemaBuilder.struct().build());
      assertTrue(cache.size() <= SchemaCache.LIMIT);
    }
  }
}

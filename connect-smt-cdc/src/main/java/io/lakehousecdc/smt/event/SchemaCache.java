// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.event;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.connect.data.Schema;

/**
 * A cache of compiled readers by the identity of their schema. Comparing wide schemas for every
 * record would cost more than reading the record. Bounded; not thread safe.
 *
 * @param <V> what is compiled, never null
 */
public final class SchemaCache<V> {
  /** Size at which the cache is cleared. Converters return few instances of schemas. */
  static final int LIMIT = 1_000;

  private final Function<Schema, V> compiler;
  private final Map<Schema, V> compiled = new IdentityHashMap<>();

  /**
   * @param compiler called once for each schema
   */
  public SchemaCache(Function<Schema, V> compiler) {
    this.compiler = compiler;
  }

  /** The reader of a schema, compiled at the first call. */
  public V get(Schema schema) {
    V value = compiled.get(schema);
    if (value == null) {
      if (compiled.size() == LIMIT) {
        compiled.clear();
      }
      value = compiler.apply(schema);
      compiled.put(schema, value);
    }
    return value;
  }

  int size() {
    return compiled.size();
  }
}

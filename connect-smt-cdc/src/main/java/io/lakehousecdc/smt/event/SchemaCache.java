// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.event;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.connect.data.Schema;

/**
 * What was compiled for a schema, found by the schema's identity: comparing wide schemas for every
 * record costs more than reading the record. Bounded; not thread safe.
 *
 * @param <V> what is compiled, never null
 */
public final class SchemaCache<V> {
  /** Converters hand out few instances; past this many the cache starts again. */
  static final int LIMIT = 1_000;

  private final Function<Schema, V> compiler;
  private final Map<Schema, V> compiled = new IdentityHashMap<>();

  /**
   * @param compiler called once for each schema that is met
   */
  public SchemaCache(Function<Schema, V> compiler) {
    this.compiler = compiler;
  }

  /** What was compiled for the schema, compiling it at the first meeting. */
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

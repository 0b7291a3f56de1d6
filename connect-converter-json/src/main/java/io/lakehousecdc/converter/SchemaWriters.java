// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter;

import io.lakehousecdc.converter.write.KnownOutput;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;

/**
 * The schemas that were written last. Found by identity, because comparing wide schemas costs more
 * than writing a row; by equality only if a connector, or a transform, makes them anew. Bounded.
 * Thread-safe.
 */
final class SchemaWriters {
  /** Instances, equal ones included, at which those known by identity are forgotten. */
  private static final int MOST_INSTANCES = 1_000;

  private final int limit;
  private final Map<Schema, KnownOutput> instances = new IdentityHashMap<>();
  private final LinkedHashMap<Schema, KnownOutput> schemas = new LinkedHashMap<>(16, 0.75f, true);
  private volatile Found last = new Found(null, null);

  private record Found(Schema schema, KnownOutput output) {}

  /**
   * @param limit different schemas that are kept at most; none at 0
   */
  SchemaWriters(int limit) {
    this.limit = limit;
  }

  /**
   * What is known of a schema; null for nothing.
   *
   * @param schema never null
   */
  KnownOutput find(Schema schema) {
    Found found = last;
    if (found.schema() == schema) {
      return found.output();
    }
    KnownOutput output = findAmongAll(schema);
    if (output != null) {
      last = new Found(schema, output);
    }
    return output;
  }

  private synchronized KnownOutput findAmongAll(Schema schema) {
    KnownOutput output = instances.get(schema);
    if (output == null) {
      output = schemas.get(schema);
      if (output != null) {
        remember(schema, output);
      }
    }
    return output;
  }

  /** Keeps what is known of a schema, and forgets the one that was not used for longest. */
  synchronized void add(Schema schema, KnownOutput output) {
    if (limit <= 0) {
      return;
    }
    if (schemas.size() >= limit) {
      Schema eldest = schemas.keySet().iterator().next();
      schemas.remove(eldest);
    }
    schemas.put(schema, output);
    remember(schema, output);
  }

  private void remember(Schema schema, KnownOutput output) {
    if (instances.size() >= MOST_INSTANCES) {
      instances.clear();
    }
    instances.put(schema, output);
  }
}

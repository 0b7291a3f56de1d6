// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.table;

import io.lakehousecdc.sink.decode.type.ColumnType;
import io.lakehousecdc.sink.decode.type.TypeTable;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;

/**
 * A cache of one {@link Layout} per schema. It looks a schema up among those of the last records,
 * then by identity, and by equality if the converter has returned another instance. Bounded; not
 * thread safe.
 */
public final class Layouts {
  private static final int BOUND = 1_000;

  /** A record's value, its source block, its row and its key. */
  private static final int SCHEMAS_OF_A_RECORD = 4;

  private final Schema[] recentSchemas = new Schema[SCHEMAS_OF_A_RECORD];
  private final Layout[] recentLayouts = new Layout[SCHEMAS_OF_A_RECORD];
  private int oldest;
  private final Map<Schema, Layout> byIdentity = new IdentityHashMap<>();
  private final Map<Schema, Layout> byEquality = new BoundedCache<>(BOUND);
  private final Map<List<String>, Layout> byNames = new BoundedCache<>(BOUND);

  public Layout of(Schema schema) {
    for (int i = 0; i < SCHEMAS_OF_A_RECORD; i++) {
      if (recentSchemas[i] == schema) {
        return recentLayouts[i];
      }
    }
    Layout layout = find(schema);
    recentSchemas[oldest] = schema;
    recentLayouts[oldest] = layout;
    oldest = (oldest + 1) % SCHEMAS_OF_A_RECORD;
    return layout;
  }

  private Layout find(Schema schema) {
    Layout known = byIdentity.get(schema);
    if (known != null) {
      return known;
    }
    Layout layout = byEquality.get(schema);
    if (layout == null) {
      layout =
          schema.type() == Schema.Type.STRUCT
              ? new Layout.OfStruct(schema)
              : new Layout.OfScalar(TypeTable.of(schema));
      byEquality.put(schema, layout);
    }
    if (byIdentity.size() >= BOUND) {
      byIdentity.clear();
    }
    byIdentity.put(schema, layout);
    return layout;
  }

  /** Layout of a Map without a schema. */
  public Layout of(Map<?, ?> map) {
    List<String> names = new ArrayList<>(map.size());
    for (Object name : map.keySet()) {
      names.add(String.valueOf(name));
    }
    return byNames.computeIfAbsent(names, Layout.OfMap::new);
  }

  /** Layout of a key with or without a schema; null if there is no key. */
  public Layout ofKey(Schema schema, Object key) {
    if (key == null) {
      return null;
    }
    if (schema != null) {
      return of(schema);
    }
    return key instanceof Map<?, ?> map ? of(map) : UNTYPED_SCALAR;
  }

  private static final Layout UNTYPED_SCALAR = new Layout.OfScalar(ColumnType.UNTYPED);
}

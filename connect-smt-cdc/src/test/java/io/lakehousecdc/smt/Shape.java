// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt;

import io.lakehousecdc.testkit.DebeziumTable;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The forms in which a sink may receive the same change. */
enum Shape {
  ENVELOPE(table -> table),
  ENVELOPE_SCHEMALESS(DebeziumTable::schemaless),
  FLATTENED(table -> table.flattened(rewriting("add.fields"))),
  FLATTENED_SCHEMALESS(table -> table.flattened(rewriting("add.fields")).schemaless()),
  FLATTENED_WITH_HEADERS(table -> table.flattened(rewriting("add.headers"))),
  FLATTENED_TO_NULL_WITH_HEADERS(
      table ->
          table.flattened(
              Map.of(
                  "delete.tombstone.handling.mode", "tombstone",
                  "add.headers", "op,source.sequence,source.snapshot,source.ts_ms")));

  private final UnaryOperator<DebeziumTable> shaping;

  Shape(UnaryOperator<DebeziumTable> shaping) {
    this.shaping = shaping;
  }

  DebeziumTable of(DebeziumTable table) {
    return shaping.apply(table);
  }

  private static Map<String, String> rewriting(String target) {
    return Map.of(
        "delete.tombstone.handling.mode",
        "rewrite-with-tombstone",
        target,
        "op,source.sequence,source.snapshot,source.ts_ms,source.table,source.db");
  }
}

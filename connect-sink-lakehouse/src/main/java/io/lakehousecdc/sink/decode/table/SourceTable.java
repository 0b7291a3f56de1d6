// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.table;

import static java.util.Objects.requireNonNull;

import io.lakehousecdc.sink.decode.type.DecodeException;

/**
 * The name of a table at the source.
 *
 * @param database database; empty where unknown
 * @param schema schema; empty where unknown
 * @param name table name, never empty
 */
public record SourceTable(String database, String schema, String name) {
  public SourceTable {
    requireNonNull(database, "database");
    requireNonNull(schema, "schema");
    if (name.isEmpty()) {
      throw new DecodeException(
          "The record does not name its table. Send it with its source block, with the metadata"
              + " fields __schema and __table, or in a topic named <prefix>.<schema>.<table>.");
    }
  }

  /** The table of a topic named as by Debezium: the last two segments are schema and table. */
  public static SourceTable ofTopic(String topic) {
    int table = topic.lastIndexOf('.');
    int schema = table < 0 ? -1 : topic.lastIndexOf('.', table - 1);
    return new SourceTable(
        "", table < 0 ? "" : topic.substring(schema + 1, table), topic.substring(table + 1));
  }

  /** {@code schema.table}, as settings name it. */
  @Override
  public String toString() {
    return schema.isEmpty() ? name : schema + "." + name;
  }
}

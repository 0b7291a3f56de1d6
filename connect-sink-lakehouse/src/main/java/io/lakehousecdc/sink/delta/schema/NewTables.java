// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.schema;

import java.util.Map;

/**
 * The options by which tables are created.
 *
 * @param deletionVectors whether readers have to know deletion vectors; else tables are made for
 *     readers of protocol version 1
 * @param properties table properties
 * @param partitionBy columns that partition them
 */
public record NewTables(
    boolean deletionVectors, Map<String, String> properties, PartitionBy partitionBy) {

  /** Whether their commits tell a change data feed which rows they change. */
  boolean feedChanges() {
    return Boolean.parseBoolean(properties.get("delta.enableChangeDataFeed"));
  }

  /** Whether their columns are known to files by names of their own. */
  boolean mapsColumns() {
    return !properties.getOrDefault("delta.columnMapping.mode", "none").equals("none");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.table;

/** {@code delta.on.overwrite}: what is done where another program has overwritten a table. */
public enum OnOverwrite {
  /** The task fails. */
  FAIL,
  /** All that Kafka holds of the table's partitions is read again. */
  RESTART,
  /** The rows stay as they are; what comes later is applied to them. */
  CONTINUE
}

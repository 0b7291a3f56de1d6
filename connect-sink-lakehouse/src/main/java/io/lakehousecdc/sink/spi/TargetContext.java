// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

/**
 * The connector and task that open a target.
 *
 * @param connector name of the connector, under which partition states are stored
 * @param task number of the task within the connector, for names of threads and files
 * @param tasks greatest number of tasks of the connector, this one included
 */
public record TargetContext(String connector, int task, int tasks) {
  /** The only task of its connector. */
  public TargetContext(String connector, int task) {
    this(connector, task, 1);
  }
}

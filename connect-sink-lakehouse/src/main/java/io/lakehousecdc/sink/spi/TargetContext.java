// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

/**
 * Who opens a target.
 *
 * @param connector name of the connector: partition states are kept under it
 * @param task number of the task within the connector, for names of threads and files
 * @param tasks how many tasks the connector may have, this one included
 */
public record TargetContext(String connector, int task, int tasks) {
  /** The only task of its connector. */
  public TargetContext(String connector, int task) {
    this(connector, task, 1);
  }
}

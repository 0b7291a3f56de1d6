// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

/**
 * The connector and task that open a target.
 *
 * @param connector name of the connector, under which partition states are stored
 * @param task number of the task within the connector, for names of threads and files
 * @param tasks greatest number of tasks of the connector, this one included
 * @param transactions what commits hold of the source's transactions
 */
public record TargetContext(String connector, int task, int tasks, Transactions transactions) {

  /** What commits hold of the source's transactions. */
  public enum Transactions {
    /** Anything: each partition can be read on from where its own rows are. */
    PARTS,
    /**
     * Whole ones: {@link Target#load} has to answer with states of all partitions that come from
     * the same commit, so that what was not committed in whole is read again in whole.
     */
    WHOLE
  }

  /** A task whose commits may end within a transaction. */
  public TargetContext(String connector, int task, int tasks) {
    this(connector, task, tasks, Transactions.PARTS);
  }

  /** The only task of its connector. */
  public TargetContext(String connector, int task) {
    this(connector, task, 1);
  }
}

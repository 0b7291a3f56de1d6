// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

/** What a batch has seen of the transaction that an event belongs to. */
public enum TransactionVisibility {
  /** All of it up to the event. */
  FROM_START,
  /** Earlier changes of the transaction may have been committed with an earlier batch. */
  CONTINUED,
  /** Not known: the event has no LSN, and arrival order alone tells its place. */
  NONE
}

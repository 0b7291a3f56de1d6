// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.change;

import java.util.Map;

/**
 * What a record says of the transaction at the source that it belongs to, where the source has
 * {@code provide.transaction.metadata=true}.
 *
 * @see <a
 *     href="https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-transaction-metadata">
 *     Debezium's transaction metadata</a>
 */
public sealed interface TransactionInfo {

  /** Name of the source, which is its {@code topic.prefix}. */
  String source();

  /** Number of the transaction at the source; two transactions have the same after it wrapped. */
  String transaction();

  /**
   * Commit time of the transaction, in milliseconds since the epoch; 0 where not known. A source
   * that emits a record again repeats it.
   */
  long commitMillis();

  /**
   * A change.
   *
   * @param collection the table, as {@code schema.table}
   * @param order number of the change among those of its transaction and table, from 1
   */
  record Part(String source, String transaction, long commitMillis, String collection, long order)
      implements TransactionInfo {}

  /** The beginning, in the topic of transactions. */
  record Begin(String source, String transaction, long commitMillis) implements TransactionInfo {}

  /**
   * The end, in the topic of transactions. The order of these records is that of the commits.
   *
   * @param lsn LSN of the commit; -1 where not known
   * @param changes number of changes by table ({@code schema.table})
   */
  record End(
      String source, String transaction, long commitMillis, long lsn, Map<String, Long> changes)
      implements TransactionInfo {}
}

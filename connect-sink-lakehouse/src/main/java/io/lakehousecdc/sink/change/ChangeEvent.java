// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.change;

import io.lakehousecdc.order.SourcePosition;

/** A change of one table, decoded from a Kafka Connect record. */
public sealed interface ChangeEvent {

  TableId table();

  SourcePosition sourcePosition();

  /**
   * A row was created, read by a snapshot, updated or deleted.
   *
   * @param schema schema that {@code after} and {@code before} are aligned to
   * @param operation one of CREATE, READ, UPDATE, DELETE
   * @param key key of the row; of no values where the schema has no key
   * @param after cells after the change; null for a delete
   * @param before cells before the change, if the source logged the whole old row (replica identity
   *     FULL); null if it did not, or if Debezium may have made values up
   * @param formerKey the row's key before an update that changed it; null if the key is unchanged.
   *     Only a key made of {@code key.columns} changes by an update: for a record key Debezium
   *     sends a delete and a create
   * @param sourcePosition the event's place in the source's order of changes
   * @param transactionId number of the transaction at the source; 0 where not known
   */
  record RowEvent(
      TableId table,
      RowSchema schema,
      Operation operation,
      RowKey key,
      Object[] after,
      Object[] before,
      RowKey formerKey,
      SourcePosition sourcePosition,
      long transactionId)
      implements ChangeEvent {

    /** An event of a transaction that is not known. */
    public RowEvent(
        TableId table,
        RowSchema schema,
        Operation operation,
        RowKey key,
        Object[] after,
        Object[] before,
        RowKey formerKey,
        SourcePosition sourcePosition) {
      this(table, schema, operation, key, after, before, formerKey, sourcePosition, 0);
    }

    /** An event that leaves the row's key unchanged. */
    public RowEvent(
        TableId table,
        RowSchema schema,
        Operation operation,
        RowKey key,
        Object[] after,
        Object[] before,
        SourcePosition sourcePosition) {
      this(table, schema, operation, key, after, before, null, sourcePosition);
    }
  }

  /**
   * All rows of the source's table were removed by TRUNCATE.
   *
   * @param sourceTable name of the source's table; null where not known
   * @param transactionId number of the transaction at the source; 0 where not known
   */
  record TruncateEvent(
      TableId table, String sourceTable, SourcePosition sourcePosition, long transactionId)
      implements ChangeEvent {

    /** A truncate in a transaction that is not known. */
    public TruncateEvent(TableId table, String sourceTable, SourcePosition sourcePosition) {
      this(table, sourceTable, sourcePosition, 0);
    }

    /** A truncate of a table whose name at the source is not known. */
    public TruncateEvent(TableId table, SourcePosition sourcePosition) {
      this(table, null, sourcePosition);
    }
  }

  /**
   * A tombstone, which is a record with a key and no value. It is a delete without a position, and
   * redundant after the delete of the same key.
   *
   * @param schema last schema seen of the table, or a schema of its key columns only
   */
  record TombstoneEvent(TableId table, RowSchema schema, RowKey key, SourcePosition sourcePosition)
      implements ChangeEvent {}
}

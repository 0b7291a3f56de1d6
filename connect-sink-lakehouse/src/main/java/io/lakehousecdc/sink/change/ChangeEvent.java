// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.change;

import io.lakehousecdc.order.SourcePosition;

/** A decoded record that concerns a table. */
public sealed interface ChangeEvent {

  TableId table();

  SourcePosition sourcePosition();

  /**
   * A row was created, read, updated or deleted.
   *
   * @param schema schema that {@code after} and {@code before} are aligned to
   * @param operation one of CREATE, READ, UPDATE, DELETE
   * @param key key of the row; of no values where the schema has no key
   * @param after cells after the change; null for a delete
   * @param before cells before the change where they are real in full (replica identity FULL); null
   *     where absent or not to be trusted
   * @param formerKey key that the row had before an update which changed it; null where it kept its
   *     key. A changed record key never comes as an update: only one made of {@code key.columns}
   *     can
   */
  record RowEvent(
      TableId table,
      RowSchema schema,
      Operation operation,
      RowKey key,
      Object[] after,
      Object[] before,
      RowKey formerKey,
      SourcePosition sourcePosition)
      implements ChangeEvent {

    /** An event of a row that keeps its key. */
    public RowEvent(
        TableId table,
        RowSchema schema,
        Operation operation,
        RowKey key,
        Object[] after,
        Object[] before,
        SourcePosition mark) {
      this(table, schema, operation, key, after, before, null, mark);
    }
  }

  /** All rows of the table were removed. */
  record TruncateEvent(TableId table, SourcePosition sourcePosition) implements ChangeEvent {}

  /**
   * A record with a key and no value: a delete without a position, redundant where it follows the
   * delete of the same key.
   *
   * @param schema last schema seen for the table, or one of the key columns alone
   */
  record TombstoneEvent(TableId table, RowSchema schema, RowKey key, SourcePosition sourcePosition)
      implements ChangeEvent {}
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.batch.BatchBuilder;
import io.lakehousecdc.sink.batch.TransactionVisibility;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TombstoneEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TruncateEvent;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rows that events become in a log, where every change is a row. What a log tells beside the
 * metadata of every table, the kind of row and the transaction, are columns of the batch like any
 * other. A truncate is a row without a key. For one batch; not thread-safe.
 */
final class LogRows {
  /** Kinds of row, named as in Delta's Change Data Feed; a truncate has none. */
  private static final String INSERT = "insert";

  private static final String PREIMAGE = "update_preimage";
  private static final String POSTIMAGE = "update_postimage";
  private static final String DELETE = "delete";

  private static final RowSchema NO_COLUMNS = new RowSchema(List.of(), List.of());

  private final Optional<String> changeType;
  private final Optional<String> transaction;
  private final Map<RowSchema, RowSchema> schemas = new IdentityHashMap<>();

  LogRows(MetadataColumns names) {
    changeType = names.changeType();
    transaction = names.transaction();
  }

  /** Schema of the rows of a truncate. */
  RowSchema schemaOfTruncate(TableId table) {
    return schema(table, NO_COLUMNS);
  }

  /**
   * The schema of logged rows.
   *
   * @param source schema of the source's rows
   * @throws FatalException the source has a column of the same name as one of the log's
   */
  RowSchema schema(TableId table, RowSchema source) {
    RowSchema known = schemas.get(source);
    if (known == null) {
      List<Column> columns = new ArrayList<>(source.columns());
      changeType.ifPresent(
          name -> columns.add(column(table, source, name, Primitive.TEXT, "change_type")));
      transaction.ifPresent(
          name -> columns.add(column(table, source, name, Primitive.INT64, "txid")));
      known =
          columns.size() == source.size() ? source : new RowSchema(columns, source.keyColumns());
      schemas.put(source, known);
    }
    return known;
  }

  private static Column column(
      TableId table, RowSchema source, String name, LogicalType type, String setting) {
    if (source.indexOf(name) >= 0) {
      throw new FatalException(
          "Table "
              + table
              + ": the source has a column "
              + name
              + " too. Give metadata.column."
              + setting
              + " another name.");
    }
    return new Column(name, type, true);
  }

  /** Logs an event of a row: an update as two rows, where both are wanted and known. */
  void add(BatchBuilder log, RowEvent row, ChangeInfo info, TransactionVisibility visibility) {
    RowSchema schema = schema(row.table(), row.schema());
    long id = row.transactionId();
    if (row.operation() == Operation.DELETE) {
      Object[] cells = cells(schema, row.before(), DELETE, id);
      log.delete(schema, row.key(), cells, info, visibility);
      return;
    }
    boolean update = row.operation() == Operation.UPDATE;
    boolean hasOldRow = row.before() != null || row.formerKey() != null;
    if (update && changeType.isPresent() && hasOldRow) {
      RowKey key = row.formerKey() == null ? row.key() : row.formerKey();
      Object[] cells = cells(schema, row.before(), PREIMAGE, id);
      log.upsert(schema, key, cells, info, visibility);
    }
    Object[] cells = cells(schema, row.after(), update ? POSTIMAGE : INSERT, id);
    log.upsert(schema, row.key(), cells, info, visibility);
  }

  /** Logs a delete of which only the key is known. */
  void add(BatchBuilder log, TombstoneEvent tombstone, ChangeInfo info) {
    RowSchema schema = schema(tombstone.table(), tombstone.schema());
    Object[] cells = cells(schema, null, DELETE, 0);
    log.delete(schema, tombstone.key(), cells, info, TransactionVisibility.NONE);
  }

  /** Logs that all rows are gone. */
  void add(BatchBuilder log, TruncateEvent truncate, ChangeInfo info) {
    RowSchema schema = schemaOfTruncate(truncate.table());
    Object[] cells = cells(schema, null, null, truncate.transactionId());
    log.delete(schema, RowKey.of(), cells, info, TransactionVisibility.NONE);
  }

  /**
   * The cells of a row.
   *
   * @param known values of the source's columns; null where not known
   */
  private Object[] cells(RowSchema schema, Object[] known, String type, long id) {
    Object[] cells =
        known == null ? new Object[schema.size()] : Arrays.copyOf(known, schema.size());
    int next = schema.size();
    if (transaction.isPresent()) {
      cells[--next] = id == 0 ? null : id;
    }
    if (changeType.isPresent()) {
      cells[--next] = type;
    }
    return cells;
  }
}

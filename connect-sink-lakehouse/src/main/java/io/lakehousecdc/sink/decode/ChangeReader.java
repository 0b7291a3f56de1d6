// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TruncateEvent;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.decode.table.Layout;
import io.lakehousecdc.sink.decode.table.Layouts;
import io.lakehousecdc.sink.decode.table.RecordForm;
import io.lakehousecdc.sink.decode.table.SourceTable;
import io.lakehousecdc.sink.decode.table.TableReader;
import io.lakehousecdc.sink.decode.table.TableReaders;
import io.lakehousecdc.sink.decode.table.Warnings;
import io.lakehousecdc.sink.decode.type.DecodeException;
import org.apache.kafka.connect.sink.SinkRecord;

/** The builder of change events from rows, enveloped or flattened. Not thread safe. */
final class ChangeReader {
  private final RecordForm form;
  private final TableReaders tables;
  private final Layouts layouts;
  private final Warnings warnings;
  private SourceTable lastTable;
  private String lastTopic;
  private Layout lastRow;
  private Layout lastKey;
  private TableReader lastReader;

  ChangeReader(RecordForm form, TableReaders tables, Layouts layouts, Warnings warnings) {
    this.form = form;
    this.tables = tables;
    this.layouts = layouts;
    this.warnings = warnings;
  }

  /**
   * The reader of a record's rows. Registers it as the reader of the topic, for tombstones.
   *
   * @param row layout of the rows
   */
  TableReader reader(SinkRecord record, SourceTable table, Layout row) {
    Layout key = layouts.ofKey(record.keySchema(), record.key());
    if (row != lastRow
        || key != lastKey
        || !record.topic().equals(lastTopic)
        || !table.equals(lastTable)) {
      try {
        lastReader = tables.reader(table, record.topic(), form, row, key);
      } catch (DecodeException e) {
        lastRow = null;
        throw e.in(table);
      }
      tables.register(record.topic(), table, lastReader, key, form);
      lastRow = row;
      lastKey = key;
      lastTopic = record.topic();
      lastTable = table;
    }
    return lastReader;
  }

  /** The reader of a record that has a key and no row. */
  TableReader readerOfKey(SinkRecord record, SourceTable table) {
    Layout key = layouts.ofKey(record.keySchema(), record.key());
    try {
      return tables.reader(table, record.topic(), form, null, key);
    } catch (DecodeException e) {
      throw e.in(table);
    }
  }

  /** The event of a create, read or update. */
  Decoded upsert(
      TableReader table,
      SinkRecord record,
      Operation operation,
      Object after,
      Object before,
      Origin origin) {
    try {
      return upsertEvent(table, record, operation, after, before, origin);
    } catch (DecodeException e) {
      throw e.in(table.table());
    }
  }

  /**
   * The event of a delete.
   *
   * @param before the old row as sent, real or made up by Debezium; null if absent
   */
  Decoded delete(TableReader table, SinkRecord record, Object before, Origin origin) {
    try {
      return deleteEvent(table, record, before, origin);
    } catch (DecodeException e) {
      throw e.in(table.table());
    }
  }

  private Decoded upsertEvent(
      TableReader table,
      SinkRecord record,
      Operation operation,
      Object after,
      Object before,
      Origin origin) {
    Object[] cells = table.cells(after);
    RowKey key = table.key(record.key(), cells);
    table.complete(cells, key);
    Object[] old = realCells(table, before);
    RowKey former = null;
    if (operation != Operation.READ) {
      table.warnOfLostNames(cells, warnings);
    }
    if (operation == Operation.UPDATE) {
      if (old == null) {
        table.warnOfUnknownNulls(cells, warnings);
      }
      if (table.takesKeyFromRow()) {
        former = formerKey(table, key, before);
      }
    }
    return RecordReader.change(
        new RowEvent(
            table.table(),
            table.schema(),
            operation,
            key,
            cells,
            old,
            former,
            origin.position(),
            origin.transactionId()));
  }

  /** The old key of an updated row under {@code key.columns}; null if it is unchanged. */
  private RowKey formerKey(TableReader table, RowKey key, Object before) {
    if (before == null || !table.holdsKey(before)) {
      warnings.unseenKeyChange(table.table());
      return null;
    }
    RowKey former = table.key(null, table.cells(before));
    return former.equals(key) ? null : former;
  }

  private Decoded deleteEvent(TableReader table, SinkRecord record, Object before, Origin origin) {
    if (!table.hasKey() && before == null) {
      throw new DecodeException(
          "The delete has neither a key nor the old row. Set REPLICA IDENTITY FULL for the table"
              + " at the source.");
    }
    boolean keyFromRow = table.takesKeyFromRow() && before != null && table.holdsKey(before);
    RowKey key = table.key(record.key(), keyFromRow ? table.cells(before) : null);
    return RecordReader.change(
        new RowEvent(
            table.table(),
            table.schema(),
            Operation.DELETE,
            key,
            null,
            before != null && table.isRealDelete(before) ? completeCells(table, before, key) : null,
            null,
            origin.position(),
            origin.transactionId()));
  }

  Decoded truncate(SinkRecord record, SourceTable table, Origin origin) {
    return RecordReader.change(
        new TruncateEvent(
            tables.target(table, record.topic()),
            table.toString(),
            origin.position(),
            origin.transactionId()));
  }

  private static Object[] realCells(TableReader table, Object before) {
    return before != null && table.isReal(before) ? table.cells(before) : null;
  }

  private static Object[] completeCells(TableReader table, Object row, RowKey key) {
    Object[] cells = table.cells(row);
    table.complete(cells, key);
    return cells;
  }
}

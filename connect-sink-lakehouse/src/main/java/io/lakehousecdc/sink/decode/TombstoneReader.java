// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TombstoneEvent;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.decode.table.Layout;
import io.lakehousecdc.sink.decode.table.Layouts;
import io.lakehousecdc.sink.decode.table.TableReader;
import io.lakehousecdc.sink.decode.table.TableReaders;
import io.lakehousecdc.sink.decode.table.Warnings;
import io.lakehousecdc.sink.decode.type.DecodeException;
import java.util.List;
import java.util.Set;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * The reader of tombstones (records without a value). After an envelope's delete a tombstone
 * repeats that delete. In a topic of flattened records it is the delete itself, and headers ({@code
 * add.headers}) may hold its position.
 */
final class TombstoneReader {
  private final FlatMetadata headers;
  private final TableReaders tables;
  private final Layouts layouts;
  private final Warnings warnings;

  TombstoneReader(TableReaders tables, Layouts layouts, String prefix, Warnings warnings) {
    headers = new FlatMetadata(new Layout.OfMap(List.of()), Set.of(), prefix);
    this.tables = tables;
    this.layouts = layouts;
    this.warnings = warnings;
  }

  Decoded read(SinkRecord record) {
    Layout key = layouts.ofKey(record.keySchema(), record.key());
    if (key == null) {
      return Decoded.Skipped.TOMBSTONE;
    }
    TableReaders.Topic topic = tables.topic(record.topic());
    boolean isOnlyDelete = topic.carriesFlatRows() || record.valueSchema() != null;
    if (topic.carriesSeveral()) {
      if (isOnlyDelete) {
        throw new DecodeException(
            "The topic carries several tables, so a delete without a value does not tell its"
                + " table. Set delete.tombstone.handling.mode=rewrite in ExtractNewRecordState.");
      }
      return Decoded.Skipped.TOMBSTONE;
    }
    TableReader table = tables.readerOfKey(record.topic(), key);
    if (table.takesKeyFromRow()) {
      if (isOnlyDelete) {
        throw new DecodeException(
            "Table %s: the delete does not hold the columns of key.columns. Set"
                    .formatted(table.table())
                + " delete.tombstone.handling.mode=rewrite in ExtractNewRecordState and REPLICA"
                + " IDENTITY FULL at the source.");
      }
      warnings.unusableTombstone(table.table());
      return Decoded.Skipped.TOMBSTONE;
    }
    RowKey rowKey = table.key(record.key(), null);
    SourcePosition sourcePosition = headers.sourcePosition(record, null, false);
    boolean isPositionedDelete =
        sourcePosition.lsn() != SourcePosition.NONE
            && headers.operation(record, null) == Operation.DELETE;
    return RecordReader.change(
        isPositionedDelete
            ? new RowEvent(
                table.table(), table.schema(), Operation.DELETE, rowKey, null, null, sourcePosition)
            : new TombstoneEvent(table.table(), table.schema(), rowKey, SourcePosition.UNKNOWN));
  }
}

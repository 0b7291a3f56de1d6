// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.decode.table.Layout;
import io.lakehousecdc.sink.decode.table.Layouts;
import io.lakehousecdc.sink.decode.table.RecordForm;
import io.lakehousecdc.sink.decode.table.SourceTable;
import io.lakehousecdc.sink.decode.table.TableReader;
import io.lakehousecdc.sink.decode.table.TableReaders;
import io.lakehousecdc.sink.decode.table.Warnings;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * The reader of rows that {@code ExtractNewRecordState} has flattened. Operation and position come
 * from the metadata that its {@code add.fields} and {@code add.headers} add. A row without an
 * operation counts as an update.
 */
final class FlatReader implements RecordReader {
  private final Layout layout;
  private final Warnings warnings;
  private final ChangeReader changes;
  private final FlatMetadata metadata;
  private final ReplacedNulls defaults;

  FlatReader(Layout layout, Layouts layouts, TableReaders tables, Warnings warnings) {
    this.layout = layout;
    this.warnings = warnings;
    changes = new ChangeReader(RecordForm.FLAT, tables, layouts, warnings);
    metadata = new FlatMetadata(layout);
    defaults = new ReplacedNulls(layout);
  }

  @Override
  public Decoded read(SinkRecord record, Object value) {
    SourceTable source = metadata.table(record, value);
    Operation operation = metadata.operation(record, value);
    SourcePosition sourcePosition =
        metadata.sourcePosition(record, value, operation == Operation.READ);
    if (operation == Operation.TRUNCATE) {
      return changes.truncate(record, source, sourcePosition);
    }
    TableReader table = changes.reader(record, source, layout);
    if (operation == Operation.DELETE) {
      return changes.delete(table, record, value, sourcePosition);
    }
    defaults.examine(value, table.table(), warnings);
    return changes.upsert(table, record, operation, value, null, sourcePosition);
  }
}

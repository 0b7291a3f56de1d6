// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.decode.table.FlatFields;
import io.lakehousecdc.sink.decode.table.Layout;
import io.lakehousecdc.sink.decode.table.Layouts;
import io.lakehousecdc.sink.decode.table.RecordForm;
import io.lakehousecdc.sink.decode.table.SourceTable;
import io.lakehousecdc.sink.decode.table.TableReader;
import io.lakehousecdc.sink.decode.table.TableReaders;
import io.lakehousecdc.sink.decode.table.Warnings;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
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

  private FlatReader(
      Layout layout,
      Set<String> fields,
      String prefix,
      Layouts layouts,
      TableReaders tables,
      Warnings warnings) {
    this.layout = layout;
    this.warnings = warnings;
    changes = new ChangeReader(new RecordForm.Flat(fields), tables, layouts, warnings);
    metadata = new FlatMetadata(layout, fields, prefix);
    defaults = new ReplacedNulls(layout);
  }

  /**
   * The reader of rows of a layout.
   *
   * @param fields tells metadata from columns: once by a schema, for each row without one
   */
  static RecordReader of(
      Layout layout, FlatFields fields, Layouts layouts, TableReaders tables, Warnings warnings) {
    if (layout instanceof Layout.OfStruct) {
      return new FlatReader(
          layout, fields.of(layout, null), fields.prefix(), layouts, tables, warnings);
    }
    Map<Set<String>, FlatReader> readers = new HashMap<>();
    return (record, value) ->
        readers
            .computeIfAbsent(
                fields.of(layout, value),
                metadata ->
                    new FlatReader(layout, metadata, fields.prefix(), layouts, tables, warnings))
            .read(record, value);
  }

  @Override
  public Decoded read(SinkRecord record, Object value) {
    SourceTable source = metadata.table(record, value);
    Operation operation = metadata.operation(record, value);
    SourcePosition sourcePosition =
        metadata.sourcePosition(record, value, operation == Operation.READ);
    Origin origin = new Origin(sourcePosition, 0);
    if (operation == Operation.TRUNCATE) {
      return changes.truncate(record, source, origin);
    }
    TableReader table = changes.reader(record, source, layout);
    if (isWithoutPosition(sourcePosition)) {
      warnings.withoutPosition(table.table());
    }
    if (operation == Operation.DELETE) {
      return changes.delete(table, record, value, origin);
    }
    defaults.examine(value, table.table(), warnings);
    return changes.upsert(table, record, operation, value, null, origin);
  }

  /** Rows of an incremental snapshot of an old source have none, whatever is added. */
  private static boolean isWithoutPosition(SourcePosition position) {
    return position.lsn() == SourcePosition.NONE
        && position.snapshot() != SourcePosition.Snapshot.INCREMENTAL;
  }
}

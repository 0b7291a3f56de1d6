// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import static io.debezium.data.Envelope.FieldName.AFTER;
import static io.debezium.data.Envelope.FieldName.BEFORE;
import static io.debezium.data.Envelope.FieldName.OPERATION;
import static io.debezium.data.Envelope.FieldName.SOURCE;

import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.decode.table.Layout;
import io.lakehousecdc.sink.decode.table.Layouts;
import io.lakehousecdc.sink.decode.table.Member;
import io.lakehousecdc.sink.decode.table.RecordForm;
import io.lakehousecdc.sink.decode.table.SourceTable;
import io.lakehousecdc.sink.decode.table.TableReader;
import io.lakehousecdc.sink.decode.table.TableReaders;
import io.lakehousecdc.sink.decode.table.Warnings;
import io.lakehousecdc.sink.decode.type.DecodeException;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/** The reader of Debezium envelopes: {@code before}, {@code after}, {@code op}, {@code source}. */
final class EnvelopeReader implements RecordReader {
  private final Layouts layouts;
  private final Warnings warnings;
  private final ChangeReader changes;
  private final Member operation;
  private final Member source;
  private final Member before;
  private final Member after;
  private Layout sourceLayout;
  private Source sources;
  private Layout rowLayout;
  private ReplacedNulls replacedNulls;

  EnvelopeReader(Layout layout, Layouts layouts, TableReaders tables, Warnings warnings) {
    this.layouts = layouts;
    this.warnings = warnings;
    changes = new ChangeReader(RecordForm.ENVELOPE, tables, layouts, warnings);
    operation = layout.member(OPERATION);
    source = layout.member(SOURCE);
    before = layout.member(BEFORE);
    after = layout.member(AFTER);
  }

  @Override
  public Decoded read(SinkRecord record, Object value) {
    Object code = operation.of(value);
    if (code == null) {
      throw new DecodeException(
          "The envelope has no operation (op). Send Debezium's events as they are.");
    }
    return switch (code.toString()) {
      case "c" -> upsert(record, value, Operation.CREATE);
      case "u" -> upsert(record, value, Operation.UPDATE);
      case "r" -> upsert(record, value, Operation.READ);
      case "d" -> delete(record, value);
      case "t" -> truncate(record, value);
      case "m" -> Decoded.Skipped.LOGICAL_MESSAGE;
      default ->
          throw new DecodeException(
              "The operation (op) is not known. Known are c, r, u, d, t and m.", code);
    };
  }

  private Decoded upsert(SinkRecord record, Object value, Operation kind) {
    Object block = source(value);
    Object row = row(after.of(value), AFTER);
    if (row == null) {
      throw new DecodeException(
          "The envelope of operation '%s' has no row (after).".formatted(kind.code()));
    }
    Layout layout = layout(row);
    TableReader table = changes.reader(record, sources.table(block), layout);
    if (sources.showsReplacedNull(block)) {
      replacedNulls(layout).confirm(table.table(), warnings);
    }
    Object old = row(before.of(value), BEFORE);
    return changes.upsert(
        table,
        record,
        kind,
        row,
        old != null && layout(old) == layout ? old : null,
        sources.origin(block, kind == Operation.READ));
  }

  private Decoded delete(SinkRecord record, Object value) {
    Object block = source(value);
    Object old = row(before.of(value), BEFORE);
    Origin origin = sources.origin(block, false);
    SourceTable name = sources.table(block);
    TableReader table =
        old == null ? changes.readerOfKey(record, name) : changes.reader(record, name, layout(old));
    return changes.delete(table, record, old, origin);
  }

  private Decoded truncate(SinkRecord record, Object value) {
    Object block = source(value);
    return changes.truncate(record, sources.table(block), sources.origin(block, false));
  }

  private ReplacedNulls replacedNulls(Layout row) {
    if (row != rowLayout) {
      rowLayout = row;
      replacedNulls = new ReplacedNulls(row);
    }
    return replacedNulls;
  }

  /** The source block. Sets {@link #sources} to a reader of its layout. */
  private Object source(Object value) {
    Object block = row(source.of(value), SOURCE);
    if (block == null) {
      throw new DecodeException(
          "The envelope has no source block, so its table and position are unknown. Send"
              + " Debezium's events as they are.");
    }
    Layout layout = layout(block);
    if (layout != sourceLayout) {
      sourceLayout = layout;
      sources = new Source(layout);
    }
    return block;
  }

  private Layout layout(Object container) {
    return container instanceof Struct struct
        ? layouts.of(struct.schema())
        : layouts.of((Map<?, ?>) container);
  }

  private static Object row(Object container, String name) {
    if (container == null || container instanceof Struct || container instanceof Map<?, ?>) {
      return container;
    }
    throw new DecodeException(
        "The envelope's %s is a %s and not a struct."
            .formatted(name, container.getClass().getSimpleName()));
  }
}

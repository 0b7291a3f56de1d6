// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.table;

import io.debezium.time.MicroDuration;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.kafka.connect.data.Field;

/**
 * The warnings about values that the source or a converter loses before the sink receives them.
 * Each is given once per table and column. Not thread safe.
 */
public final class Warnings {
  private record Warning(TableId table, String column, String kind) {}

  /** In this mode an underscore is always the beginning of an escape sequence. */
  private static final Pattern UNICODE_ESCAPES = Pattern.compile("[^_]*(?:_u[0-9a-f]{4}[^_]*)+");

  private final Consumer<String> sink;
  private final Set<Warning> given = new HashSet<>();

  public Warnings(Consumer<String> sink) {
    this.sink = sink;
  }

  /** Warns about losses that a table's schema shows. */
  void ofSchema(TableId table, RowSchema schema, Layout row, ColumnCase columnCase) {
    List<String> escaped =
        schema.columns().stream()
            .map(Column::name)
            .filter(name -> UNICODE_ESCAPES.matcher(name).matches())
            .toList();
    if (!escaped.isEmpty()) {
      once(
          table,
          escaped.toString(),
          "names",
          "Table %s, columns %s: the source seems to write field names with"
              + " field.name.adjustment.mode=avro_unicode. The sink takes names as they come, so"
              + " columns of the target are named so. Set the mode to none or avro at the source.");
    }
    if (!(row instanceof Layout.OfStruct struct)) {
      return;
    }
    for (Field field : struct.schema().fields()) {
      if (MicroDuration.SCHEMA_NAME.equals(field.schema().name())
          && schema.indexOf(columnCase.of(field.name())) >= 0) {
        once(
            table,
            field.name(),
            "interval",
            "Table %s, column %s: the source sends intervals in microseconds and counts a month as"
                + " 30.4375 days, so months and days are lost. Set"
                + " interval.handling.mode=string at the source.");
      }
    }
  }

  /**
   * Warns that a converter replaces NULL by the default.
   *
   * @param columns columns that allow NULL and have a default
   */
  public void replacedNulls(TableId table, List<String> columns) {
    once(
        table,
        columns.toString(),
        "default",
        "Table %s, columns %s: a converter replaces NULL by the column's default, so an explicit"
            + " NULL is lost. Set key.converter.replace.null.with.default=false and"
            + " value.converter.replace.null.with.default=false, at the source connector and at"
            + " this one.");
  }

  /**
   * Warns that a converter may replace NULL by the default.
   *
   * @param columns columns that allow NULL and have a default
   */
  public void perhapsReplacedNulls(TableId table, List<String> columns) {
    once(
        table,
        columns.toString(),
        "default",
        "Table %s, columns %s: values equal the column's default, and no NULL has been seen. If a"
            + " converter replaces NULL by the default, an explicit NULL is lost. Set"
            + " replace.null.with.default=false for the converters of the source connector and of"
            + " this one, and in ExtractNewRecordState.");
  }

  /** Warns about a null of an update that may be an untouched out-of-line value. */
  void unknownNull(TableId table, String column) {
    once(
        table,
        column,
        "toast",
        "Table %s, column %s: an update brought NULL. For a column of this type Debezium sends"
            + " NULL, and no placeholder, where the update did not touch a large value, so the"
            + " value may be lost. Set REPLICA IDENTITY FULL for the table at the source, or use"
            + " ReselectColumnsPostProcessor there.");
  }

  /** Warns about a null of a streamed row in a column of type {@code name}. */
  void lostName(TableId table, String column) {
    once(
        table,
        column,
        "name",
        "Table %s, column %s: a streamed change brought NULL. Debezium sends NULL for every value of"
            + " a column of type name, except in snapshots, so the value is lost. Make the column"
            + " text at the source, or leave it out there with column.exclude.list.");
  }

  /** Warns about updates that do not hold the old key of {@code key.columns}. */
  public void unseenKeyChange(TableId table) {
    once(
        table,
        "",
        "key",
        "Table %s%s: key.columns names columns that are not in the record key, and updates do not"
            + " hold the old row. A change of these columns leaves the old row behind. Set REPLICA"
            + " IDENTITY FULL for the table at the source.");
  }

  /** Warns about tombstones that cannot be mapped to {@code key.columns}. */
  public void unusableTombstone(TableId table) {
    once(
        table,
        "",
        "tombstone",
        "Table %s%s: tombstones do not hold the columns of key.columns and are skipped. That is"
            + " right where their deletes arrive as envelopes; flattened records need"
            + " delete.tombstone.handling.mode=rewrite in ExtractNewRecordState.");
  }

  /** Warns about flattened records that hold no position. */
  public void withoutPosition(TableId table) {
    once(
        table,
        "",
        "position",
        "Table %s%s: its records hold no position at the source, so their order of arrival counts:"
            + " a change that is read again, or from another partition, may overwrite a newer one."
            + " Set add.fields=op,source.sequence,source.lsn,source.snapshot,source.ts_us in"
            + " ExtractNewRecordState; with tombstones for deletes also add.headers with the same"
            + " list. If it has another add.fields.prefix than the sink's flattened.prefix, set them"
            + " alike.");
  }

  private void once(TableId table, String column, String kind, String message) {
    if (given.add(new Warning(table, column, kind))) {
      sink.accept(message.formatted(table, column));
    }
  }
}

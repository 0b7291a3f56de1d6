// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TombstoneEvent;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.decode.table.DecodeOptions;
import io.lakehousecdc.sink.decode.table.FieldFilter;
import io.lakehousecdc.sink.decode.table.KeyOverrides;
import io.lakehousecdc.sink.decode.table.TableNaming;
import io.lakehousecdc.testkit.DebeziumEvent;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.sink.SinkRecord;

/** A decoder under test, with its warnings, and shorthands for its results. */
final class Decoding {
  private final List<String> warnings = new ArrayList<>();
  private final RecordDecoder decoder;
  private long offset;

  Decoding(DecodeOptions options) {
    decoder = new RecordDecoder(options, warnings::add);
  }

  static Decoding withDefaults() {
    return new Decoding(DecodeOptions.defaults());
  }

  static Decoding withKeys(String keyColumns) {
    DecodeOptions defaults = DecodeOptions.defaults();
    return new Decoding(
        new DecodeOptions(
            defaults.naming(),
            KeyOverrides.parse(keyColumns),
            defaults.fields(),
            defaults.unavailablePlaceholder(),
            defaults.flattenedPrefix()));
  }

  static Decoding withFields(String include, String exclude) {
    DecodeOptions defaults = DecodeOptions.defaults();
    return new Decoding(
        new DecodeOptions(
            defaults.naming(),
            defaults.keys(),
            FieldFilter.parse(include, exclude),
            defaults.unavailablePlaceholder(),
            defaults.flattenedPrefix()));
  }

  static Decoding withNaming(String format, String map) {
    DecodeOptions defaults = DecodeOptions.defaults();
    return new Decoding(
        new DecodeOptions(
            TableNaming.parse(format, map),
            defaults.keys(),
            defaults.fields(),
            defaults.unavailablePlaceholder(),
            defaults.flattenedPrefix()));
  }

  static Decoding withPrefix(String flattenedPrefix) {
    DecodeOptions defaults = DecodeOptions.defaults();
    return new Decoding(
        new DecodeOptions(
            defaults.naming(),
            defaults.keys(),
            defaults.fields(),
            defaults.unavailablePlaceholder(),
            flattenedPrefix));
  }

  List<String> warnings() {
    return warnings;
  }

  Decoded decode(SinkRecord record) {
    return decoder.decode(record);
  }

  Decoded decode(DebeziumEvent event) {
    return decoder.decode(event.at(0, offset++));
  }

  ChangeEvent change(SinkRecord record) {
    Decoded decoded = decode(record);
    return assertInstanceOf(Decoded.Change.class, decoded, decoded::toString).event();
  }

  RowEvent row(SinkRecord record) {
    return assertInstanceOf(RowEvent.class, change(record));
  }

  RowEvent row(DebeziumEvent event) {
    return row(event.at(0, offset++));
  }

  TombstoneEvent tombstone(DebeziumEvent event) {
    return assertInstanceOf(TombstoneEvent.class, change(event.at(0, offset++)));
  }

  DeadLetter rejected(SinkRecord record) {
    Decoded decoded = decode(record);
    return assertInstanceOf(Decoded.Rejected.class, decoded, decoded::toString).letter();
  }

  DeadLetter rejected(DebeziumEvent event) {
    return rejected(event.at(0, offset++));
  }

  static Object after(RowEvent row, String column) {
    return row.after()[index(row, column)];
  }

  static Object before(RowEvent row, String column) {
    return row.before()[index(row, column)];
  }

  static LogicalType type(RowEvent row, String column) {
    return row.schema().column(index(row, column)).type();
  }

  static List<String> columns(RowEvent row) {
    return row.schema().columns().stream().map(column -> column.name()).toList();
  }

  static List<String> key(RowEvent row) {
    return row.schema().keyColumns().stream()
        .map(index -> row.schema().column(index).name())
        .toList();
  }

  private static int index(RowEvent row, String column) {
    int index = row.schema().indexOf(column);
    assertEquals(true, index >= 0, () -> "no column " + column + " in " + row.schema());
    return index;
  }
}

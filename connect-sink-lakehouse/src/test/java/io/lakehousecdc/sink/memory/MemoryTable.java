// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.memory;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourceRelation;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType;
import io.lakehousecdc.sink.change.LogicalType.Array;
import io.lakehousecdc.sink.change.LogicalType.Decimal;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.schema.ColumnHistory;
import io.lakehousecdc.sink.schema.SchemaChange;
import io.lakehousecdc.sink.schema.StoredColumn;
import io.lakehousecdc.sink.spi.HistoryOptions.HistoryColumns;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import io.lakehousecdc.sink.version.Version;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A table: columns, current rows by key, and the log of append mode. Not thread-safe. */
final class MemoryTable {
  private final Map<String, StoredColumn> columns = new LinkedHashMap<>();
  private final Map<RowKey, MemoryRow> current = new HashMap<>();
  private final List<MemoryRow> log = new ArrayList<>();
  private final List<MemoryVersion> versions = new ArrayList<>();
  private final Map<Position, Floor> floors = new HashMap<>();
  private ColumnHistory history = ColumnHistory.EMPTY;

  /**
   * A stored row.
   *
   * @param values by column name; a column that is not in it is NULL
   * @param seen null in a log
   * @param deleted whether it is marked so; null where the table has no such column
   */
  record MemoryRow(Map<String, Object> values, ChangeInfo info, Boolean deleted, Seen seen) {}

  /** A version of a row. */
  record MemoryVersion(RowKey key, Version version, Map<String, Object> values) {
    MemoryVersion as(Version other) {
      return new MemoryVersion(key, other, values);
    }
  }

  /** When its key was seen, in microseconds; 0 where not known. */
  record Seen(long first, long last) {}

  MemoryTable(RowSchema schema) {
    for (Column column : schema.columns()) {
      columns.put(
          column.name(), new StoredColumn(column.name(), column.type(), column.optional(), false));
    }
  }

  private MemoryTable(MemoryTable other) {
    columns.putAll(other.columns);
    current.putAll(other.current);
    log.addAll(other.log);
    versions.addAll(other.versions);
    floors.putAll(other.floors);
    history = other.history;
  }

  MemoryTable copy() {
    return new MemoryTable(this);
  }

  List<StoredColumn> columns() {
    return List.copyOf(columns.values());
  }

  void apply(SchemaChange change) {
    if (change instanceof SchemaChange.AddColumn added) {
      Column column = added.column();
      columns.put(column.name(), new StoredColumn(column.name(), column.type(), true, false));
    } else if (change instanceof SchemaChange.WidenColumn widened) {
      columns.computeIfPresent(
          widened.name(),
          (name, old) -> new StoredColumn(name, widened.to(), old.optional(), false));
    } else if (change instanceof SchemaChange.RelaxNotNull relaxed) {
      columns.computeIfPresent(
          relaxed.name(), (name, old) -> new StoredColumn(name, old.type(), true, false));
    } else if (change instanceof SchemaChange.DropColumn dropped) {
      columns.remove(dropped.name());
      clear(dropped.name());
    } else if (change instanceof SchemaChange.ClearColumn cleared) {
      clear(cleared.name());
    } else if (change instanceof SchemaChange.ReplaceColumn replaced) {
      Column column = replaced.column();
      columns.replace(column.name(), new StoredColumn(column.name(), column.type(), true, false));
      clear(column.name());
    }
  }

  private void clear(String column) {
    current.replaceAll(
        (key, row) -> {
          Map<String, Object> values = new HashMap<>(row.values());
          values.remove(column);
          return new MemoryRow(values, row.info(), row.deleted(), row.seen());
        });
    versions.replaceAll(
        row -> {
          Map<String, Object> values = new HashMap<>(row.values());
          values.remove(column);
          return new MemoryVersion(row.key(), row.version(), values);
        });
  }

  ColumnHistory history() {
    return history;
  }

  void history(ColumnHistory known) {
    history = known;
  }

  Map<RowKey, MemoryRow> current() {
    return current;
  }

  List<MemoryRow> log() {
    return log;
  }

  List<MemoryVersion> versions() {
    return versions;
  }

  /** What is left of the table's truncates and sweeps, as it is by what is known now. */
  List<Floor> floors(Histories known, SourceRelation relation) {
    return floors.values().stream()
        .map(floor -> known.floor(floor.at(), floor.cause(), relation).atTime(floor.atMicros()))
        .toList();
  }

  void remember(Floor floor) {
    floors.put(floor.at(), floor);
  }

  List<Map<String, Object>> rows(MetadataColumns names) {
    List<Map<String, Object>> rows = new ArrayList<>();
    current.values().forEach(row -> rows.add(shown(row, names)));
    log.forEach(row -> rows.add(shown(row, names)));
    versions.forEach(row -> rows.add(shown(row, names)));
    return rows;
  }

  private Map<String, Object> shown(MemoryVersion row, MetadataColumns names) {
    Version version = row.version();
    ChangeInfo info =
        new ChangeInfo(operation(version.operation()), version.applied(), version.appliedMicros());
    Map<String, Object> shown = shown(new MemoryRow(row.values(), info, null, null), names);
    HistoryColumns columns = HistoryColumns.DEFAULT;
    shown.put(columns.validFrom(), version.fromMicros());
    shown.put(columns.validTo(), version.isCurrent() ? null : version.toMicros());
    shown.put(columns.current(), version.isCurrent());
    shown.put(columns.epoch(), version.opened().epoch());
    shown.put(columns.commitLsn(), version.opened().commitLsn());
    shown.put(columns.lsn(), version.opened().lsn());
    return shown;
  }

  private static Operation operation(String code) {
    return Arrays.stream(Operation.values())
        .filter(each -> each.code().equals(code))
        .findFirst()
        .orElseThrow();
  }

  private Map<String, Object> shown(MemoryRow row, MetadataColumns names) {
    Map<String, Object> shown = new LinkedHashMap<>();
    for (StoredColumn column : columns.values()) {
      shown.put(column.name(), widened(row.values().get(column.name()), column.type()));
    }
    shown.put(names.op(), row.info().operation().code());
    shown.put(names.ts(), row.info().commitMicros());
    shown.put(names.lsn(), row.info().position().lsn());
    shown.put(names.commitLsn(), row.info().position().commitLsn());
    shown.put(names.epoch(), row.info().position().epoch());
    if (row.deleted() != null) {
      shown.put(names.deleted(), row.deleted());
    }
    names.firstSeen().ifPresent(name -> shown.put(name, time(row.seen().first())));
    names.lastSeen().ifPresent(name -> shown.put(name, time(row.seen().last())));
    return shown;
  }

  private static Long time(long micros) {
    return micros == 0 ? null : micros;
  }

  private static Object widened(Object value, LogicalType type) {
    if (value instanceof BigDecimal number && type instanceof Decimal decimal) {
      return number.setScale(decimal.scale());
    }
    if (value instanceof Number number && type == Primitive.INT32) {
      return number.intValue();
    }
    if (value instanceof Number number && type == Primitive.INT64) {
      return number.longValue();
    }
    if (value instanceof Number number && type == Primitive.FLOAT64) {
      return number.doubleValue();
    }
    if (value instanceof List<?> items && type instanceof Array array) {
      List<Object> elements = new ArrayList<>();
      items.forEach(item -> elements.add(widened(item, array.element())));
      return elements;
    }
    return value;
  }
}

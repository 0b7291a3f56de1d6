// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.SkipReason;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.spi.TableStatus.Applied;
import io.lakehousecdc.sink.spi.TableStatus.Counts;
import io.lakehousecdc.sink.spi.TableStatus.Key;
import io.lakehousecdc.sink.spi.TableStatus.Reconciled;
import io.lakehousecdc.sink.spi.TableStatus.Told;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * The row of {@code _cdc_status} that a {@link TableStatus} is stored as, alike in all targets:
 * canonical values of the columns in {@link #SCHEMA}, whose key is connector, topic and table.
 */
public final class StatusRow {
  /** The last column: when the row was written. */
  public static final String UPDATED_AT = "updated_at";

  private static final List<Column> KEY =
      List.of(
          new Column("connector", Primitive.TEXT, false),
          new Column("topic", Primitive.TEXT, false),
          new Column("table_schema", Primitive.TEXT, false),
          new Column("table_name", Primitive.TEXT, false));
  private static final List<Column> VALUES = values();

  /** The columns, the key first. */
  public static final RowSchema SCHEMA = schema();

  private StatusRow() {}

  private static List<Column> values() {
    List<Column> columns = new ArrayList<>();
    columns.add(time("committed_at"));
    columns.add(time("source_committed_at"));
    columns.add(time("applied_at"));
    columns.add(new Column("epoch", Primitive.INT32, true));
    columns.add(new Column("commit_lsn", Primitive.INT64, true));
    columns.add(new Column("lsn", Primitive.INT64, true));
    for (String name :
        List.of("inserted", "updated", "deleted", "rows_written", "rows_removed", "rejected")) {
      columns.add(new Column(name, Primitive.INT64, true));
    }
    for (SkipReason reason : SkipReason.values()) {
      columns.add(new Column(column(reason), Primitive.INT64, true));
    }
    columns.add(new Column("last_rejection", Primitive.TEXT, true));
    columns.add(time("last_rejection_at"));
    columns.add(new Column("last_error", Primitive.TEXT, true));
    columns.add(time("last_error_at"));
    columns.add(time("snapshot_completed_at"));
    columns.add(time("reconciled_at"));
    columns.add(new Column("reconciled_equal", Primitive.BOOLEAN, true));
    columns.add(new Column("reconciled_differences", Primitive.INT64, true));
    columns.add(time(UPDATED_AT));
    return List.copyOf(columns);
  }

  private static Column time(String name) {
    return new Column(name, Primitive.TIMESTAMPTZ, true);
  }

  private static RowSchema schema() {
    List<Column> columns = new ArrayList<>(KEY);
    columns.addAll(VALUES);
    return new RowSchema(columns, List.of(0, 1, 2, 3));
  }

  /** Name of the column that counts changes skipped for a reason. */
  public static String column(SkipReason reason) {
    return "skipped_" + reason.name().toLowerCase(Locale.ROOT);
  }

  /** Values of the columns, in order. */
  public static Object[] cells(String connector, TableStatus status, long nowMicros) {
    Map<String, Object> cells = new HashMap<>();
    cells.put("connector", connector);
    cells.put("topic", status.key().topic());
    cells.put("table_schema", status.key().table().schema());
    cells.put("table_name", status.key().table().name());
    cells.put("committed_at", time(status.committedMicros()));
    if (status.applied() != null) {
      cells.put("source_committed_at", time(status.applied().sourceMicros()));
      cells.put("applied_at", time(status.applied().atMicros()));
      cells.put("epoch", status.applied().position().epoch());
      cells.put("commit_lsn", status.applied().position().commitLsn());
      cells.put("lsn", status.applied().position().lsn());
    }
    cells.put("inserted", status.counts().inserted());
    cells.put("updated", status.counts().updated());
    cells.put("deleted", status.counts().deleted());
    cells.put("rows_written", status.counts().rowsWritten());
    cells.put("rows_removed", status.counts().rowsRemoved());
    cells.put("rejected", status.counts().rejected());
    for (SkipReason reason : SkipReason.values()) {
      cells.put(column(reason), status.skipped().getOrDefault(reason, 0L));
    }
    put(cells, "last_rejection", status.rejection());
    put(cells, "last_error", status.error());
    cells.put("snapshot_completed_at", time(status.snapshotMicros()));
    if (status.reconciled() != null) {
      cells.put("reconciled_at", time(status.reconciled().atMicros()));
      cells.put("reconciled_equal", status.reconciled().equal());
      cells.put("reconciled_differences", status.reconciled().differences());
    }
    cells.put(UPDATED_AT, nowMicros);
    return SCHEMA.columns().stream().map(each -> cells.get(each.name())).toArray();
  }

  private static void put(Map<String, Object> cells, String name, Told told) {
    if (told != null) {
      cells.put(name, told.text());
      cells.put(name + "_at", told.atMicros());
    }
  }

  private static Long time(long micros) {
    return micros == 0 ? null : (Long) micros;
  }

  /**
   * The status that a row holds.
   *
   * @param cells value of a column by its name; null for a column that there is not
   */
  public static TableStatus status(Function<String, Object> cells) {
    Map<SkipReason, Long> skipped = new EnumMap<>(SkipReason.class);
    for (SkipReason reason : SkipReason.values()) {
      long count = number(cells, column(reason));
      if (count != 0) {
        skipped.put(reason, count);
      }
    }
    return new TableStatus(
        new Key(
            (String) cells.apply("topic"),
            new TableId((String) cells.apply("table_schema"), (String) cells.apply("table_name"))),
        new Counts(
            number(cells, "inserted"),
            number(cells, "updated"),
            number(cells, "deleted"),
            number(cells, "rows_written"),
            number(cells, "rows_removed"),
            number(cells, "rejected")),
        skipped,
        cells.apply("epoch") == null
            ? null
            : new Applied(
                new Position(
                    (int) number(cells, "epoch"),
                    number(cells, "commit_lsn"),
                    number(cells, "lsn")),
                number(cells, "source_committed_at"),
                number(cells, "applied_at")),
        number(cells, "committed_at"),
        told(cells, "last_rejection"),
        told(cells, "last_error"),
        number(cells, "snapshot_completed_at"),
        cells.apply("reconciled_at") == null
            ? null
            : new Reconciled(
                number(cells, "reconciled_at"),
                Boolean.TRUE.equals(cells.apply("reconciled_equal")),
                number(cells, "reconciled_differences")));
  }

  private static Told told(Function<String, Object> cells, String name) {
    return cells.apply(name) == null
        ? null
        : new Told((String) cells.apply(name), number(cells, name + "_at"));
  }

  private static long number(Function<String, Object> cells, String name) {
    return cells.apply(name) instanceof Number number ? number.longValue() : 0;
  }
}

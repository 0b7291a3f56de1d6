// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.sql;

import io.lakehousecdc.sink.postgres.codec.StagingType;
import java.util.StringJoiner;

/**
 * A temporary table of the rows of one batch, emptied when a transaction ends. Beside the cells
 * ({@code c0}, {@code c1} …, and {@code m0} … for the key that a moved row had) it holds the
 * change's number {@code _n} in the batch, its {@link StagedRowKind} {@code _k}, which cells are
 * known (bits of {@code _known}, NULL for all), position {@code _e}, {@code _c}, {@code _l},
 * operation {@code _o} and time {@code _t}; {@code _a} for {@link SharedKeySql}: the LSN of a
 * create that may have found another row under the key, else NULL; and of rows that take unknown
 * cells from elsewhere (see {@link io.lakehousecdc.sink.change.RowChange.FormerRow}) whether they
 * bring values along ({@code _lent}, NULL for other rows), whether these came late ({@code _late})
 * and the position of the change of the key or the late change ({@code _fe}, {@code _fc}, {@code
 * _fl}). Immutable.
 *
 * @param plan whose rows it holds
 * @param number unique in its session
 */
public record StagingTable(TablePlan plan, int number) {
  /** Columns that every row fills, before the cells. */
  public static final int WHOLE_FIELDS = 8;

  /** Columns behind them that partial rows fill, before the moved key and the cells. */
  public static final int PARTIAL_FIELDS = 6;

  public String sql() {
    return "pg_temp._cdc_stage_" + number;
  }

  /** Name of the table that completed rows are put together in. */
  public String imageSql() {
    return "pg_temp._cdc_image_" + number;
  }

  public String createSql() {
    StringJoiner columns = new StringJoiner(", ", " (", ")");
    columns.add("_n integer, _k smallint, _e integer, _c bigint, _l bigint");
    columns.add("_o text, _t timestamptz, _a bigint, _known bytea, _lent boolean, _late boolean");
    columns.add("_fe integer, _fc bigint, _fl bigint");
    for (int i = 0; i < plan.keys().size(); i++) {
      columns.add("m" + i + " " + type(plan.keys().get(i)));
    }
    for (WrittenColumn column : plan.columns()) {
      columns.add(column.staged() + " " + type(column));
    }
    return "CREATE TEMPORARY TABLE _cdc_stage_" + number + columns + " ON COMMIT DELETE ROWS";
  }

  private static String type(WrittenColumn column) {
    String type = column.codec().stagingSql();
    boolean text = column.codec().staging() == StagingType.TEXT;
    String collation = column.column().collation();
    return text && !collation.isEmpty() ? type + " COLLATE " + collation : type;
  }

  /** Completed rows have the table's columns but none of its constraints. */
  public String createImageSql() {
    StringJoiner columns = new StringJoiner(", ");
    plan.table().columns().stream()
        .filter(column -> !column.generated())
        .forEach(column -> columns.add(column.sql()));
    return "CREATE TEMPORARY TABLE IF NOT EXISTS _cdc_image_"
        + number
        + " ON COMMIT DELETE ROWS AS SELECT "
        + columns
        + " FROM "
        + plan.table().sql()
        + " WITH NO DATA";
  }

  /** COPY of rows in full. */
  public String copySql() {
    return "COPY " + sql() + " FROM STDIN (FORMAT binary)";
  }

  /** COPY of rows without the columns that partial rows alone fill. */
  public String copyWholeSql() {
    StringJoiner columns = new StringJoiner(", ", " (_n, _k, _e, _c, _l, _o, _t, _a, ", ")");
    plan.columns().forEach(column -> columns.add(column.staged()));
    return "COPY " + sql() + columns + " FROM STDIN (FORMAT binary)";
  }

  /** Deletes the rows whose numbers are given as the array parameter. */
  public String dropSql() {
    return "DELETE FROM " + sql() + " WHERE _n = ANY (?)";
  }

  /**
   * Subquery of the rows of some kinds, in the order in which they were copied, which is that of
   * their keys. Cells have the types of their columns.
   */
  String rows(StagedRowKind... kinds) {
    StringJoiner columns = new StringJoiner(", ");
    columns.add("_n, _known, _e, _c, _l, _o, _t, _a, _lent, _late, _fe, _fc, _fl");
    for (int i = 0; i < plan.keys().size(); i++) {
      columns.add(plan.keys().get(i).converted("m" + i) + " AS m" + i);
    }
    for (WrittenColumn column : plan.columns()) {
      columns.add(column.converted(column.staged()) + " AS " + column.staged());
    }
    return select(columns.toString(), kinds);
  }

  /** As {@link #rows}, of the keys and positions alone. */
  String keysOf(StagedRowKind... kinds) {
    StringJoiner columns = new StringJoiner(", ");
    columns.add("_n, _e, _c, _l, _o, _t");
    for (WrittenColumn column : plan.keys()) {
      columns.add(column.converted(column.staged()) + " AS " + column.staged());
    }
    return select(columns.toString(), kinds);
  }

  private String select(String columns, StagedRowKind... kinds) {
    StringJoiner codes = new StringJoiner(", ", " WHERE _k IN (", ")");
    for (StagedRowKind kind : kinds) {
      codes.add(Integer.toString(kind.ordinal()));
    }
    return "(SELECT " + columns + " FROM " + sql() + codes + ")";
  }
}

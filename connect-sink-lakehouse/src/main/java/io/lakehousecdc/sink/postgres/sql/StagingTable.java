// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.sql;

import io.lakehousecdc.sink.postgres.codec.ColumnCodec;
import io.lakehousecdc.sink.postgres.codec.StagingType;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/**
 * A temporary table of the rows of one batch, emptied when a transaction ends. Beside the cells
 * ({@code c0}, {@code c1} …, and {@code m0} … for the key that a moved row had) it holds the
 * change's number {@code _n} in the batch, its {@link StagedRowKind} {@code _k}, which cells are
 * known (bits of {@code _known}, NULL for all), position {@code _e}, {@code _c}, {@code _l},
 * operation {@code _o} and time {@code _t}; {@code _a} for {@link SharedKeySql}: the LSN of a
 * create that may have found another row under the key, else NULL; {@code _f} and {@code _b} for
 * {@link SeenSql}, where the table tells when a key was first seen; and of rows that take unknown
 * cells from elsewhere (see {@link io.lakehousecdc.sink.change.RowChange.FormerRow}) whether they
 * bring values along ({@code _lent}, NULL for other rows), whether these came late ({@code _late})
 * and the position of the change of the key or the late change ({@code _fe}, {@code _fc}, {@code
 * _fl}). Immutable.
 *
 * @param plan whose rows it holds
 * @param number unique in its session
 */
public record StagingTable(TablePlan plan, int number) {
  /** Columns that every row fills, before the cells, but for {@code _f} and {@code _b}. */
  private static final int WHOLE_FIELDS = 8;

  /** Columns behind them that partial rows fill, before the moved key and the cells. */
  public static final int PARTIAL_FIELDS = 6;

  /**
   * Greatest length of a row in a table that has no TOAST table: {@code MaxHeapTupleSize} of pages
   * of 8 kB, less a reserve.
   */
  public static final int MAX_ROW_BYTES = 8_000;

  /** Version from which on CREATE TABLE takes the storage of a column. */
  private static final int STORAGE_AT_CREATION = 16;

  /** Number of columns that every row of a plan fills, before the cells. */
  public static int wholeFields(TablePlan plan) {
    return WHOLE_FIELDS + (plan.tellsFirstSeen() ? 2 : 0);
  }

  public String sql() {
    return "pg_temp._cdc_stage_" + number;
  }

  /** Name of the table that completed rows are put together in. */
  public String imageSql() {
    return "pg_temp._cdc_image_" + number;
  }

  /**
   * Creates the table, without a TOAST table: to empty one costs a commit about a hundred times as
   * much as the rest, whether it was used or not. Such a table holds rows of up to {@link
   * #MAX_ROW_BYTES} only.
   */
  public String createSql(int serverVersion) {
    String name = "_cdc_stage_" + number;
    String table = "CREATE TEMPORARY TABLE " + name;
    if (serverVersion >= STORAGE_AT_CREATION) {
      return table + definitions(" STORAGE PLAIN") + " ON COMMIT DELETE ROWS" + indexSql();
    }
    String model = "_cdc_model_" + number;
    return "CREATE TEMPORARY TABLE "
        + model
        + definitions("")
        + "; "
        + store(model, "PLAIN")
        + "; "
        + table
        + " (LIKE "
        + model
        + " INCLUDING STORAGE) ON COMMIT DELETE ROWS; DROP TABLE "
        + model
        + indexSql();
  }

  /** Versions find the staged change that they belong to by its number ({@link SpanTable}). */
  private String indexSql() {
    return plan.options().history().isPresent() ? "; CREATE INDEX ON " + sql() + " (_n)" : "";
  }

  /** Gives the table, for good, a TOAST table, so that it holds rows of any length. */
  public String makeRoomSql() {
    return store(sql(), "EXTENDED");
  }

  private String store(String table, String storage) {
    StringJoiner changes = new StringJoiner(", ", "ALTER TABLE " + table + " ", "");
    for (StagedColumn column : stagedColumns()) {
      if (column.isVariable()) {
        changes.add("ALTER COLUMN " + column.name() + " SET STORAGE " + storage);
      }
    }
    return changes.toString();
  }

  private String definitions(String storage) {
    StringJoiner definitions = new StringJoiner(", ", " (", ")");
    for (StagedColumn column : stagedColumns()) {
      definitions.add(
          column.name()
              + " "
              + column.type()
              + (column.isVariable() ? storage : "")
              + (column.collation().isEmpty() ? "" : " COLLATE " + column.collation()));
    }
    return definitions.toString();
  }

  /**
   * A column.
   *
   * @param collation empty for the default
   * @param isVariable whether its values vary in length, so that they may go to a TOAST table
   */
  private record StagedColumn(String name, String type, String collation, boolean isVariable) {
    static StagedColumn of(String name, WrittenColumn column) {
      ColumnCodec codec = column.codec();
      return new StagedColumn(
          name,
          codec.stagingSql(),
          codec.staging() == StagingType.TEXT ? column.column().collation() : "",
          codec.isVariable());
    }

    static StagedColumn fixed(String name, String type) {
      return new StagedColumn(name, type, "", false);
    }
  }

  private List<StagedColumn> stagedColumns() {
    List<StagedColumn> columns = new ArrayList<>();
    columns.add(StagedColumn.fixed("_n", "integer"));
    columns.add(StagedColumn.fixed("_k", "smallint"));
    columns.add(StagedColumn.fixed("_e", "integer"));
    columns.add(StagedColumn.fixed("_c", "bigint"));
    columns.add(StagedColumn.fixed("_l", "bigint"));
    columns.add(new StagedColumn("_o", "text", "", true));
    columns.add(StagedColumn.fixed("_t", "timestamptz"));
    columns.add(StagedColumn.fixed("_a", "bigint"));
    if (plan.tellsFirstSeen()) {
      columns.add(StagedColumn.fixed("_f", "timestamptz"));
      columns.add(StagedColumn.fixed("_b", "boolean"));
    }
    columns.add(new StagedColumn("_known", "bytea", "", true));
    columns.add(StagedColumn.fixed("_lent", "boolean"));
    columns.add(StagedColumn.fixed("_late", "boolean"));
    columns.add(StagedColumn.fixed("_fe", "integer"));
    columns.add(StagedColumn.fixed("_fc", "bigint"));
    columns.add(StagedColumn.fixed("_fl", "bigint"));
    for (int i = 0; i < plan.keys().size(); i++) {
      columns.add(StagedColumn.of("m" + i, plan.keys().get(i)));
    }
    plan.columns().forEach(column -> columns.add(StagedColumn.of(column.staged(), column)));
    return columns;
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
    StringJoiner columns =
        new StringJoiner(", ", " (_n, _k, _e, _c, _l, _o, _t, _a" + seen() + ", ", ")");
    plan.columns().forEach(column -> columns.add(column.staged()));
    return "COPY " + sql() + columns + " FROM STDIN (FORMAT binary)";
  }

  /** Deletes some rows. */
  public String dropSql(RowNumbers rows) {
    return "DELETE FROM " + sql() + " WHERE " + rows.include("_n");
  }

  /**
   * Subquery of the rows of some kinds, in the order in which they were copied, which is that of
   * their keys. Cells have the types of their columns.
   */
  String rows(StagedRowKind... kinds) {
    StringJoiner columns = new StringJoiner(", ");
    columns.add("_n, _known, _e, _c, _l, _o, _t, _a, _lent, _late, _fe, _fc, _fl" + seen());
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
    columns.add("_n, _e, _c, _l, _o, _t" + seen());
    for (WrittenColumn column : plan.keys()) {
      columns.add(column.converted(column.staged()) + " AS " + column.staged());
    }
    return select(columns.toString(), kinds);
  }

  private String seen() {
    return plan.tellsFirstSeen() ? ", _f, _b" : "";
  }

  private String select(String columns, StagedRowKind... kinds) {
    StringJoiner codes = new StringJoiner(", ", " WHERE _k IN (", ")");
    for (StagedRowKind kind : kinds) {
      codes.add(Integer.toString(kind.ordinal()));
    }
    return "(SELECT " + columns + " FROM " + sql() + codes + ")";
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import static io.lakehousecdc.sink.postgres.catalog.Identifiers.quote;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.IntToLongFunction;

/**
 * SQL of the hashes and texts of a table's rows in PostgreSQL, on either side. Immutable.
 *
 * @param keys canonical forms of the key's columns
 * @param columns those of all columns, the key's first
 * @param keyNames names of the key's columns, quoted
 */
record RowSql(List<Cell> keys, List<Cell> columns, List<String> keyNames) {
  private static final int KEY_SEEDS = 100_000;

  /**
   * A column's canonical form.
   *
   * @param sql an expression
   * @param type the column's type
   */
  record Cell(ValueKind kind, String sql, String type) {
    Form form() {
      return kind.form();
    }

    /** SQL of a value of the column's type, of an expression that gives its text. */
    String fromText(String text) {
      return "(" + kind.fromText(text) + ")::" + type;
    }
  }

  static RowSql ofSource(TablePair pair) {
    List<Cell> cells = new ArrayList<>();
    for (ComparedColumn each : pair.columns()) {
      cells.add(
          new Cell(
              each.kinds().source(),
              each.kinds().sourceSql(quote(each.source())),
              each.sourceType()));
    }
    return of(pair, cells, pair.keys().stream().map(each -> quote(each.source())).toList());
  }

  static RowSql ofTarget(TablePair pair) {
    List<Cell> cells = new ArrayList<>();
    for (ComparedColumn each : pair.columns()) {
      cells.add(
          new Cell(
              each.kinds().target(),
              each.kinds().targetSql(quote(each.target())),
              each.targetType()));
    }
    return of(pair, cells, pair.keys().stream().map(each -> quote(each.target())).toList());
  }

  private static RowSql of(TablePair pair, List<Cell> cells, List<String> names) {
    return new RowSql(List.copyOf(cells.subList(0, pair.keys().size())), List.copyOf(cells), names);
  }

  /** Hash of the key, as {@link RowHash#ofKey} makes it. */
  String keyHash() {
    return hash(keys, RowSql::keySeed);
  }

  /** Hash of the row, as {@link RowHash#ofRow} makes it. */
  String rowHash() {
    return hash(columns, RowSql::seed);
  }

  /** Seed of the hash of a column. */
  static long seed(int column) {
    return Seeds.of(column + 1);
  }

  /** Seed of the hash of a key column, where the key alone is hashed. */
  static long keySeed(int column) {
    return Seeds.of(KEY_SEEDS + column);
  }

  private static String hash(List<Cell> cells, IntToLongFunction seeds) {
    StringJoiner hash = new StringJoiner(" # ", "(", ")");
    for (int i = 0; i < cells.size(); i++) {
      Cell cell = cells.get(i);
      hash.add("coalesce(" + cell.form().hashSql(cell.sql(), seeds.applyAsLong(i)) + ", 0)");
    }
    return hash.toString();
  }

  /** Texts of the key's columns, separated by commas. */
  String keyTexts() {
    return texts(keys);
  }

  /** The key that a row begins with, if its first columns are {@link #keyTexts}. */
  Key key(ResultSet row) throws SQLException {
    List<String> texts = new ArrayList<>(keys.size());
    for (int i = 1; i <= keys.size(); i++) {
      texts.add(row.getString(i));
    }
    return new Key(texts);
  }

  /** Texts of all columns. */
  String texts() {
    return texts(columns);
  }

  private static String texts(List<Cell> cells) {
    StringJoiner texts = new StringJoiner(", ");
    cells.forEach(cell -> texts.add(cell.form().textSql(cell.sql())));
    return texts.toString();
  }
}

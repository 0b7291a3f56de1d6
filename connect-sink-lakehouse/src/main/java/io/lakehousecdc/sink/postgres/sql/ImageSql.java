// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.sql;

import static io.lakehousecdc.sink.postgres.sql.RowConditions.STAGED_POSITION;

import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import java.util.StringJoiner;

/**
 * Statements that put rows together before the batch is applied, because what they are made of will
 * be gone by then: rows under a new key, and rows that swap unique values. {@code t} is the table,
 * {@code s} the staged row, {@code o} the row under the key that a moved row had. Immutable.
 */
public final class ImageSql {
  /** Position of the change of the key, or of the change that came late. */
  private static final String FORMER_POSITION = "(s._fe, s._fc, s._fl)";

  private final TablePlan plan;
  private final RowConditions rows;
  private final ColumnValues columns;
  private final StagingTable staging;
  private final String table;

  public ImageSql(StagingTable staging) {
    this.plan = staging.plan();
    this.rows = new RowConditions(plan);
    this.columns = new ColumnValues(plan);
    this.staging = staging;
    this.table = plan.table().sql();
  }

  /**
   * Numbers of the moved changes that can take their unchanged cells from nowhere: no row under the
   * old key, nor one under the new that this very change, or a later one, has written.
   */
  public String missingMoved() {
    return "SELECT s._n FROM "
        + staging.rows(StagedRowKind.MOVED)
        + " AS s WHERE NOT EXISTS (SELECT FROM "
        + table
        + " AS t WHERE "
        + rows.sameKey("t")
        + " AND "
        + rows.position("t")
        + " >= "
        + STAGED_POSITION
        + ") AND NOT EXISTS (SELECT FROM "
        + table
        + " AS o WHERE "
        + former("o")
        + ") AND s._lent IS NOT TRUE";
  }

  /**
   * Puts rows together as they will be stored, from staged and stored cells as of now, before
   * anything else of the batch is applied.
   */
  public String fillImage(StagedRowKind... kinds) {
    String own =
        "(s._lent IS NULL OR "
            + rows.position("t")
            + " = "
            + STAGED_POSITION
            + ") AND "
            + rows.present("t");
    StringJoiner targets = new StringJoiner(", ", " (", ")");
    StringJoiner values = new StringJoiner(", ");
    for (PgColumn column : columns.insertable()) {
      targets.add(column.sql());
      String stored =
          "CASE WHEN "
              + own
              + " THEN t."
              + column.sql()
              + " WHEN "
              + rows.present("o")
              + " THEN o."
              + column.sql()
              + " ELSE ";
      String none = ColumnValues.defaultOf(column);
      values.add(
          plan.columns().stream()
              .filter(written -> written.column().equals(column))
              .findFirst()
              .map(written -> ColumnValues.known(written, stored + lentOr(written, none) + " END"))
              .orElseGet(() -> metadataOr(column, stored + none + " END")));
    }
    return "INSERT INTO "
        + staging.imageSql()
        + targets
        + " SELECT "
        + values
        + " FROM "
        + staging.rows(kinds)
        + " AS s LEFT JOIN "
        + table
        + " AS t ON "
        + rows.sameKey("t")
        + " LEFT JOIN "
        + table
        + " AS o ON "
        + former("o")
        + " WHERE "
        + rows.applies("t");
  }

  /** Upserts the completed rows. */
  public String mergeImage() {
    return insertImage(" AS t ") + columns.onConflict();
  }

  /** Inserts the completed rows; those of the same keys have been removed. */
  public String insertImage() {
    return insertImage(" ");
  }

  private String insertImage(String alias) {
    StringJoiner names = new StringJoiner(", ");
    columns.insertable().forEach(column -> names.add(column.sql()));
    StringJoiner order = new StringJoiner(", ", " ORDER BY ", "");
    plan.keys().forEach(column -> order.add(column.sql()));
    return "INSERT INTO "
        + table
        + alias
        + "("
        + names
        + ") OVERRIDING SYSTEM VALUE SELECT "
        + names
        + " FROM "
        + staging.imageSql()
        + order;
  }

  /** Removes the rows that completed ones will replace. */
  public String deleteReplaced() {
    StringJoiner same = new StringJoiner(" AND ");
    plan.keys().forEach(column -> same.add("t." + column.sql() + " = i." + column.sql()));
    return "DELETE FROM " + table + " AS t USING " + staging.imageSql() + " AS i WHERE " + same;
  }

  /** Locks the stored rows of some kinds, so that what is read of them stays true. */
  public String lock(StagedRowKind... kinds) {
    return "SELECT count(*) FROM (SELECT FROM "
        + staging.keysOf(kinds)
        + " AS s JOIN "
        + table
        + " AS t ON "
        + rows.sameKey("t")
        + " FOR UPDATE OF t) AS locked";
  }

  /** Whether a table row lends: see {@link io.lakehousecdc.sink.change.RowChange.FormerRow}. */
  private String former(String row) {
    String live = plan.softDeletes() ? " AND (s._lent IS NOT TRUE OR " + rows.live(row) + ")" : "";
    return rows.formerKey(row)
        + " AND CASE WHEN s._late THEN ("
        + rows.position(row)
        + " < "
        + FORMER_POSITION
        + ") IS NOT TRUE AND "
        + rows.applies(row)
        + " ELSE ("
        + rows.position(row)
        + " > "
        + FORMER_POSITION
        + ") IS NOT TRUE AND "
        + new SharedKeySql(plan).isNotReplaced(row)
        + " END"
        + live;
  }

  private static String lentOr(WrittenColumn column, String none) {
    return "CASE WHEN s._lent THEN s." + column.staged() + " ELSE " + none + " END";
  }

  private String metadataOr(PgColumn column, String stored) {
    int index = columns.metadata().indexOf(column.sql());
    return index < 0 ? stored : columns.metadataOver("t", StagedRowKind.FULL).get(index);
  }
}

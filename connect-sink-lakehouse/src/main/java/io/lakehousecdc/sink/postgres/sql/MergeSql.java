// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.sql;

/**
 * Statements that bring staged rows into their table. {@code t} is the table, {@code s} the staged
 * row. Immutable.
 */
public final class MergeSql {
  /** First version with MERGE, which is faster and writes less WAL than ON CONFLICT. */
  private static final int MERGE_VERSION = 15;

  private final SqlFragments sql;
  private final StagingTable staging;
  private final String table;
  private final boolean merge;

  public MergeSql(StagingTable staging, int serverVersion) {
    this.sql = new SqlFragments(staging.plan());
    this.staging = staging;
    this.table = staging.plan().table().sql();
    this.merge = serverVersion >= MERGE_VERSION;
  }

  /** Upserts rows of which all cells are known, or soft-deletes such rows. */
  public String full(StagedRowKind kind) {
    String rows = staging.rows(kind);
    if (merge) {
      return "MERGE INTO "
          + table
          + " AS t USING "
          + rows
          + " AS s ON "
          + sql.sameKey("t")
          + " WHEN MATCHED AND "
          + sql.guard("t")
          + " THEN UPDATE SET "
          + sql.assignments(column -> "s." + column.staged(), kind)
          + " WHEN NOT MATCHED THEN INSERT "
          + sql.insertColumns()
          + " VALUES ("
          + sql.insertValues(column -> "s." + column.staged(), kind)
          + ")";
    }
    return "INSERT INTO "
        + table
        + " AS t "
        + sql.insertColumns()
        + " SELECT "
        + sql.upsertValues(column -> "s." + column.staged(), kind)
        + " FROM "
        + rows
        + " AS s"
        + sql.onConflict();
  }

  /** Updates stored rows with the cells that are known. */
  public String partialUpdate(StagedRowKind kind) {
    return "UPDATE "
        + table
        + " AS t SET "
        + sql.assignments(column -> SqlFragments.known(column, "t." + column.sql()), kind)
        + " FROM "
        + staging.rows(kind)
        + " AS s WHERE "
        + sql.sameKey("t")
        + " AND "
        + sql.guard("t");
  }

  /** Inserts rows that are not stored; cells that are not known get the column's default. */
  public String partialInsert(StagedRowKind kind) {
    return "INSERT INTO "
        + table
        + " "
        + sql.insertColumns()
        + " SELECT "
        + sql.insertValues(
            column -> SqlFragments.known(column, SqlFragments.defaultOf(column.column())), kind)
        + " FROM "
        + staging.rows(kind)
        + " AS s WHERE NOT EXISTS (SELECT FROM "
        + table
        + " AS t WHERE "
        + sql.sameKey("t")
        + ")";
  }

  /**
   * What is stored under the keys of unsettled changes: number of the change, epoch, commit LSN,
   * LSN, whether the row has a position, operation, whether it is live. Locks the rows, so that
   * what is read stays true.
   */
  public String standings() {
    return "SELECT s._n, "
        + sql.standing("t")
        + " FROM "
        + staging.keysOf(StagedRowKind.UNSETTLED)
        + " AS s JOIN "
        + table
        + " AS t ON "
        + sql.sameKey("t")
        + " FOR UPDATE OF t";
  }

  /** Numbers of the changes with unchanged cells whose row is not stored. */
  public String missing() {
    return "SELECT s._n FROM "
        + staging.keysOf(StagedRowKind.UNCHANGED)
        + " AS s WHERE NOT EXISTS (SELECT FROM "
        + table
        + " AS t WHERE "
        + sql.sameKey("t")
        + ")";
  }
}

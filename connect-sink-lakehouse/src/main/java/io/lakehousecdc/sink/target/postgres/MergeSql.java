package io.lakehousecdc.sink.target.postgres;

import io.lakehousecdc.sink.target.TableOptions.MetadataColumns;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Function;

/**
 * Statements that bring staged rows into their table. {@code t} is the table, {@code s} the staged
 * row, {@code o} the row under the key that a moved row had. Immutable.
 */
final class MergeSql {
  /** First version with MERGE, which is faster and writes less WAL than ON CONFLICT. */
  static final int MERGE_VERSION = 15;

  private final TablePlan plan;
  private final StagingTable staging;
  private final MetadataColumns names;
  private final boolean merge;

  MergeSql(TablePlan plan, StagingTable staging, int serverVersion) {
    this.plan = plan;
    this.staging = staging;
    this.names = plan.options().metadata();
    this.merge = serverVersion >= MERGE_VERSION;
  }

  /** Upserts rows of which all cells are known, or soft-deletes such rows. */
  String full(Kind kind) {
    String rows = staging.rows(kind);
    String table = plan.table().sql();
    if (merge) {
      return "MERGE INTO "
          + table
          + " AS t USING "
          + rows
          + " AS s ON "
          + join("t", "s")
          + " WHEN MATCHED AND "
          + guard("t", "s")
          + " THEN UPDATE SET "
          + assignments(column -> "s." + column.staged(), kind)
          + " WHEN NOT MATCHED THEN INSERT "
          + columnList()
          + " OVERRIDING SYSTEM VALUE VALUES ("
          + valueList(column -> "s." + column.staged(), kind)
          + ")";
    }
    return "INSERT INTO "
        + table
        + " AS t "
        + columnList()
        + " OVERRIDING SYSTEM VALUE SELECT "
        + valueList(column -> "s." + column.staged(), kind)
        + " FROM "
        + rows
        + " AS s"
        + onConflict();
  }

  /** Updates stored rows with the cells that are known. */
  String partialUpdate(Kind kind) {
    return "UPDATE "
        + plan.table().sql()
        + " AS t SET "
        + assignments(column -> known(column, "t." + column.sql()), kind)
        + " FROM "
        + staging.rows(kind)
        + " AS s WHERE "
        + join("t", "s")
        + " AND "
        + guard("t", "s");
  }

  /** Inserts rows that are not stored; cells that are not known get the column's default. */
  String partialInsert(Kind kind) {
    return "INSERT INTO "
        + plan.table().sql()
        + " "
        + columnList()
        + " OVERRIDING SYSTEM VALUE SELECT "
        + valueList(column -> known(column, defaultOf(column.column())), kind)
        + " FROM "
        + staging.rows(kind)
        + " AS s WHERE NOT EXISTS (SELECT FROM "
        + plan.table().sql()
        + " AS t WHERE "
        + join("t", "s")
        + ")";
  }

  /** Numbers of the changes with unchanged cells whose row is not stored. */
  String missing() {
    return "SELECT s._n FROM "
        + staging.keysOf(Kind.UNCHANGED)
        + " AS s WHERE NOT EXISTS (SELECT FROM "
        + plan.table().sql()
        + " AS t WHERE "
        + join("t", "s")
        + ")";
  }

  /**
   * Numbers of the moved changes that can take their marked cells from nowhere: no row under the
   * old key, nor one under the new that this very change, or a later one, has written.
   */
  String missingMoved() {
    return "SELECT s._n FROM "
        + staging.rows(Kind.MOVED)
        + " AS s WHERE NOT EXISTS (SELECT FROM "
        + plan.table().sql()
        + " AS t WHERE "
        + join("t", "s")
        + " AND "
        + position("t")
        + " >= "
        + POSITION
        + ") AND NOT EXISTS (SELECT FROM "
        + plan.table().sql()
        + " AS o WHERE "
        + join("o", "m")
        + " AND "
        + guard("o", "s")
        + ")";
  }

  /**
   * Puts rows together as they will be stored, from staged and stored cells as of now, before
   * anything else of the batch is applied.
   */
  String fillImage(Kind... kinds) {
    String own = "(s.m0 IS NULL OR " + position("t") + " = " + POSITION + ") AND " + present("t");
    StringJoiner targets = new StringJoiner(", ", " (", ")");
    StringJoiner values = new StringJoiner(", ");
    for (PgColumn column : writable()) {
      targets.add(column.sql());
      String stored =
          "CASE WHEN "
              + own
              + " THEN t."
              + column.sql()
              + " WHEN "
              + present("o")
              + " THEN o."
              + column.sql()
              + " ELSE "
              + defaultOf(column)
              + " END";
      values.add(
          plan.columns().stream()
              .filter(written -> written.column().equals(column))
              .findFirst()
              .map(written -> known(written, stored))
              .orElseGet(() -> metadataOr(column, stored)));
    }
    return "INSERT INTO "
        + staging.imageSql()
        + targets
        + " SELECT "
        + values
        + " FROM "
        + staging.rows(kinds)
        + " AS s LEFT JOIN "
        + plan.table().sql()
        + " AS t ON "
        + join("t", "s")
        + " LEFT JOIN "
        + plan.table().sql()
        + " AS o ON "
        + join("o", "m")
        + " AND "
        + guard("o", "s")
        + " WHERE "
        + guard("t", "s");
  }

  /** Upserts the completed rows. */
  String mergeImage() {
    return insertImage(" AS t ") + onConflict();
  }

  /** Inserts the completed rows; those of the same keys have been removed. */
  String insertImage() {
    return insertImage(" ");
  }

  private String insertImage(String alias) {
    StringJoiner columns = new StringJoiner(", ");
    writable().forEach(column -> columns.add(column.sql()));
    StringJoiner order = new StringJoiner(", ", " ORDER BY ", "");
    plan.keys().forEach(column -> order.add(column.sql()));
    return "INSERT INTO "
        + plan.table().sql()
        + alias
        + "("
        + columns
        + ") OVERRIDING SYSTEM VALUE SELECT "
        + columns
        + " FROM "
        + staging.imageSql()
        + order;
  }

  /** Removes the rows that completed ones will replace. */
  String deleteReplaced() {
    StringJoiner same = new StringJoiner(" AND ");
    plan.keys().forEach(column -> same.add("t." + column.sql() + " = i." + column.sql()));
    return "DELETE FROM "
        + plan.table().sql()
        + " AS t USING "
        + staging.imageSql()
        + " AS i WHERE "
        + same;
  }

  /** Locks the stored rows of some kinds, so that what is read of them stays true. */
  String lock(Kind... kinds) {
    return "SELECT count(*) FROM (SELECT FROM "
        + staging.keysOf(kinds)
        + " AS s JOIN "
        + plan.table().sql()
        + " AS t ON "
        + join("t", "s")
        + " FOR UPDATE OF t) AS locked";
  }

  private static final String POSITION = "(s._e, s._c, s._l)";

  private String onConflict() {
    StringJoiner keys = new StringJoiner(", ");
    plan.keys().forEach(column -> keys.add(column.sql()));
    StringJoiner assignments = new StringJoiner(", ");
    updatable().forEach(column -> assignments.add(column.sql() + " = excluded." + column.sql()));
    metadata().forEach(name -> assignments.add(name + " = excluded." + name));
    return " ON CONFLICT ("
        + keys
        + ") DO UPDATE SET "
        + assignments
        + " WHERE ("
        + position("t")
        + " > "
        + position("excluded")
        + ") IS NOT TRUE";
  }

  private String assignments(Function<WrittenColumn, String> value, Kind kind) {
    StringJoiner assignments = new StringJoiner(", ");
    updatable().forEach(column -> assignments.add(column.sql() + " = " + value.apply(column)));
    List<String> names = metadata();
    List<String> values = metadataValues(kind);
    for (int i = 0; i < names.size(); i++) {
      assignments.add(names.get(i) + " = " + values.get(i));
    }
    return assignments.toString();
  }

  private String columnList() {
    StringJoiner list = new StringJoiner(", ", "(", ")");
    plan.columns().forEach(column -> list.add(column.sql()));
    metadata().forEach(list::add);
    return list.toString();
  }

  private String valueList(Function<WrittenColumn, String> value, Kind kind) {
    StringJoiner list = new StringJoiner(", ");
    plan.columns().forEach(column -> list.add(value.apply(column)));
    metadataValues(kind).forEach(list::add);
    return list.toString();
  }

  private List<WrittenColumn> updatable() {
    return plan.values().stream().filter(column -> !column.column().alwaysIdentity()).toList();
  }

  private List<PgColumn> writable() {
    return plan.table().columns().stream().filter(column -> !column.generated()).toList();
  }

  private List<String> metadata() {
    List<String> all =
        List.of(
            names.op(), names.ts(), names.lsn(), names.commitLsn(), names.epoch(), names.deleted());
    return all.subList(0, plan.soft() ? 6 : 5).stream().map(Identifiers::quote).toList();
  }

  private static List<String> metadataValues(Kind kind, boolean soft) {
    boolean deleted = kind.compareTo(Kind.DELETE) >= 0;
    List<String> all = List.of("s._o", "s._t", "s._l", "s._c", "s._e", Boolean.toString(deleted));
    return all.subList(0, soft ? 6 : 5);
  }

  private List<String> metadataValues(Kind kind) {
    return metadataValues(kind, plan.soft());
  }

  private String metadataOr(PgColumn column, String stored) {
    int index = metadata().indexOf(column.sql());
    return index < 0 ? stored : metadataValues(Kind.FULL).get(index);
  }

  private static String known(WrittenColumn column, String otherwise) {
    return "CASE WHEN s._known IS NULL OR get_bit(s._known, "
        + column.index()
        + ") = 1 THEN s."
        + column.staged()
        + " ELSE "
        + otherwise
        + " END";
  }

  private static String defaultOf(PgColumn column) {
    return column.defaultExpression().isEmpty()
        ? "NULL"
        : "(" + column.defaultExpression() + ")::" + column.type().sql();
  }

  /** Equality of the keys of a table row and a staged row, or ("m") of the key it had. */
  private String join(String table, String staged) {
    StringJoiner join = new StringJoiner(" AND ");
    for (int i = 0; i < plan.keys().size(); i++) {
      WrittenColumn key = plan.keys().get(i);
      String value = staged.equals("m") ? "m" + i : key.staged();
      join.add(table + "." + key.sql() + " = s." + value);
    }
    return join.toString();
  }

  private String present(String table) {
    return table + "." + plan.keys().get(0).sql() + " IS NOT NULL";
  }

  private String position(String table) {
    return RemovalSql.position(table, names);
  }

  /** A change applies where it is not below the stored row, or the row has no position. */
  private String guard(String table, String staged) {
    return "(" + position(table) + " > " + POSITION.replace("s.", staged + ".") + ") IS NOT TRUE";
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.sql;

import io.lakehousecdc.sink.postgres.catalog.PgType;
import java.util.Set;
import java.util.StringJoiner;

/**
 * Queries of the versions that are stored of the rows of a batch. {@code t} is a table row, {@code
 * s} the staged change. Immutable.
 */
public final class VersionQueries {
  /** Types whose values are equal if, and only if, their equality operator says so. */
  private static final Set<String> COMPARED =
      Set.of(
          "bool",
          "int2",
          "int4",
          "int8",
          "float4",
          "float8",
          "numeric",
          "date",
          "time",
          "timetz",
          "timestamp",
          "timestamptz",
          "uuid",
          "bytea",
          "jsonb",
          "bit",
          "varbit",
          "inet",
          "cidr",
          "macaddr",
          "oid");

  private static final Set<String> TEXTS = Set.of("text", "varchar", "bpchar");

  private final TablePlan plan;
  private final StagingTable staging;
  private final RowConditions rows;
  private final VersionColumns columns;
  private final String table;

  public VersionQueries(StagingTable staging) {
    this.plan = staging.plan();
    this.staging = staging;
    this.rows = new RowConditions(plan);
    this.columns = VersionColumns.of(plan.options());
    this.table = plan.table().sql();
  }

  /**
   * The stored versions of the staged keys: number of a staged change, then what {@link
   * VersionColumns#version} names. Of each key those from the second one before its first change
   * on, in no order.
   */
  public String stored() {
    StringJoiner keys = new StringJoiner(", ");
    plan.keys().forEach(key -> keys.add(key.staged()));
    String of = " FROM " + table + " AS t WHERE " + rows.sameKey("t") + " AND ";
    return "SELECT s._n, v.* FROM (SELECT DISTINCT ON ("
        + keys
        + ") * FROM "
        + staging.keysOf(StagedRowKind.values())
        + " AS k ORDER BY "
        + keys
        + ", _e, _c, _l) AS s JOIN LATERAL ((SELECT "
        + columns.version("t")
        + of
        + columns.opened("t")
        + " <= "
        + RowConditions.STAGED_POSITION
        + " ORDER BY "
        + columns.latestFirst("t")
        + " LIMIT 2) UNION ALL (SELECT "
        + columns.version("t")
        + of
        + columns.opened("t")
        + " > "
        + RowConditions.STAGED_POSITION
        + ")) AS v ON true";
  }

  /**
   * Numbers of the staged changes that leave the last version before them as it is, by some
   * columns. One right behind the position of a change shares it, and is before it.
   *
   * @param tracked indexes of the columns
   */
  public String unchanged(Set<Integer> tracked) {
    StringJoiner same = new StringJoiner(" AND ");
    same.add("true");
    for (WrittenColumn column : plan.values()) {
      if (tracked.contains(column.index())) {
        same.add(
            "(get_bit(s._known, "
                + column.index()
                + ") = 0 OR "
                + comparable("s." + column.staged(), column.column().type())
                + " IS NOT DISTINCT FROM "
                + comparable("t." + column.sql(), column.column().type())
                + ")");
      }
    }
    return "SELECT s._n FROM "
        + staging.rows(StagedRowKind.values())
        + " AS s JOIN LATERAL (SELECT * FROM "
        + table
        + " AS t WHERE "
        + rows.sameKey("t")
        + " AND "
        + columns.opened("t")
        + " <= (s._e, s._c, s._l + 1)"
        + " ORDER BY "
        + columns.latestFirst("t")
        + " LIMIT 1) AS t ON true WHERE s._o <> 'd' AND "
        + same;
  }

  /** Text is compared byte by byte: a collation may hold different texts for equal. */
  private static String comparable(String value, PgType type) {
    if (COMPARED.contains(type.name())) {
      return value;
    }
    return value + (TEXTS.contains(type.name()) ? "" : "::text") + " COLLATE \"C\"";
  }

  /** Numbers of the staged changes whose row is stored under the key that it had before. */
  public String lent() {
    return "SELECT s._n FROM "
        + staging.rows(StagedRowKind.MOVED)
        + " AS s WHERE EXISTS ("
        + former()
        + ")";
  }

  /**
   * The version that the staged row had under its former key, {@code o}: a row of a snapshot may
   * have opened it at the position of the change of the key.
   */
  String former() {
    return "SELECT * FROM (SELECT * FROM "
        + table
        + " AS f WHERE "
        + rows.formerKey("f")
        + " AND "
        + columns.opened("f")
        + " <= (s._fe, s._fc, s._fl + 1) ORDER BY "
        + columns.latestFirst("f")
        + " LIMIT 1) AS f WHERE NOT "
        + columns.isEnded("f")
        + " OR "
        + columns.applied("f")
        + " >= (s._fe, s._fc, s._fl)";
  }
}

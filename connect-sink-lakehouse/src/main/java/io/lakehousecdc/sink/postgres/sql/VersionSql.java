// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.sql;

import io.lakehousecdc.sink.postgres.catalog.Identifiers;
import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Statements that write the versions of the rows of a batch. {@code t} is a table row, {@code s}
 * the staged change, {@code a} the row of the {@link SpanTable}. Immutable.
 */
public final class VersionSql {
  private final TablePlan plan;
  private final StagingTable staging;
  private final RowConditions rows;
  private final ColumnValues values;
  private final VersionColumns columns;
  private final String table;

  public VersionSql(StagingTable staging) {
    this.plan = staging.plan();
    this.staging = staging;
    this.rows = new RowConditions(plan);
    this.values = new ColumnValues(plan);
    this.columns = VersionColumns.of(plan.options());
    this.table = plan.table().sql();
  }

  /** Has what is no version any more make room for the current one. */
  public String retire() {
    return "UPDATE "
        + table
        + " AS t SET "
        + columns.isCurrent()
        + " = false FROM "
        + spans("a._n")
        + ofKind(SpanTable.Kind.REMOVED);
  }

  /** Joins the row {@code o} that lends its values to a staged one, where one does. */
  private String lender() {
    return " LEFT JOIN LATERAL ("
        + new VersionQueries(staging).former()
        + ") AS o ON s._lent IS NOT NULL";
  }

  /** Deletes what is no version any more, once it has lent its values. */
  public String remove() {
    return "DELETE FROM " + table + " AS t USING " + spans("a._n") + ofKind(SpanTable.Kind.REMOVED);
  }

  /** Moves the bounds of stored versions. */
  public String move() {
    StringJoiner assignments = new StringJoiner(", ");
    for (int i = 0; i < columns.written().size(); i++) {
      assignments.add(columns.written().get(i) + " = " + SpanTable.VALUES.get(i));
    }
    return "UPDATE "
        + table
        + " AS t SET "
        + assignments
        + " FROM "
        + spans("a._n")
        + ofKind(SpanTable.Kind.MOVED);
  }

  /** Gives stored versions the values of later changes of their transactions. */
  public String replace() {
    String lent =
        "CASE WHEN " + rows.present("o") + " THEN o.%1$s WHEN s._lent THEN s.%2$s ELSE t.%1$s END";
    return update(
            "a._v",
            column -> true,
            column -> lent.formatted(column.sql(), column.staged()),
            lender())
        + ofKind(SpanTable.Kind.MOVED);
  }

  /**
   * Gives versions the values that make none.
   *
   * @param tracked indexes of the columns whose values make versions
   */
  public Optional<String> update(Set<Integer> tracked, SpanTable.Kind kind) {
    boolean updates = values.updatable().stream().anyMatch(each -> !tracked.contains(each.index()));
    return updates
        ? Optional.of(
            update(
                    "a._u",
                    column -> !tracked.contains(column.index()),
                    column -> "t." + column.sql(),
                    "")
                + ofKind(kind))
        : Optional.empty();
  }

  private String update(
      String number,
      Predicate<WrittenColumn> which,
      Function<WrittenColumn, String> otherwise,
      String joined) {
    StringJoiner assignments = new StringJoiner(", ");
    values.updatable().stream()
        .filter(which)
        .forEach(
            column ->
                assignments.add(
                    column.sql() + " = " + ColumnValues.known(column, otherwise.apply(column))));
    return "UPDATE " + table + " AS t SET " + assignments + " FROM " + spans(number, joined);
  }

  /** Inserts new versions with the values of changes; what these leave alone is stored. */
  public String insert() {
    return insertion(this::valueOf, staging.rows(StagedRowKind.values()), "a._v", lender());
  }

  /** Inserts new versions with the values of the stored versions that they are split off. */
  public String copy() {
    return insertion(
            column -> isOfOneVersion(column) ? ColumnValues.defaultOf(column) : "t." + column.sql(),
            staging.keysOf(StagedRowKind.values()),
            "a._n",
            "")
        + " AND a._v < 0";
  }

  private String insertion(
      Function<PgColumn, String> value, String staged, String number, String joined) {
    List<String> names = new ArrayList<>();
    List<String> selected = new ArrayList<>();
    Set<String> own = Set.copyOf(ownColumns());
    for (PgColumn column : values.insertable()) {
      if (!own.contains(column.sql())) {
        names.add(column.sql());
        selected.add(value.apply(column));
      }
    }
    names.addAll(columns.written());
    selected.addAll(SpanTable.VALUES);
    columns.history().opened().forEach(each -> names.add(Identifiers.quote(each)));
    selected.addAll(List.of("a._e", "a._c", "a._l"));
    return "INSERT INTO "
        + table
        + " ("
        + String.join(", ", names)
        + ") OVERRIDING SYSTEM VALUE SELECT "
        + String.join(", ", selected)
        + " FROM "
        + SpanTable.SQL
        + " AS a JOIN "
        + staged
        + " AS s ON s._n = "
        + number
        + " LEFT JOIN "
        + table
        + " AS t ON "
        + rows.sameKey("t")
        + " AND "
        + columns.opened("t")
        + " = (a._se, a._sc, a._sl)"
        + joined
        + " WHERE a._w = "
        + staging.number()
        + " AND a._k = "
        + SpanTable.Kind.NEW.ordinal();
  }

  /** Columns that versions have of themselves. */
  private List<String> ownColumns() {
    List<String> own = new ArrayList<>(columns.written());
    columns.history().opened().forEach(each -> own.add(Identifiers.quote(each)));
    return own;
  }

  /**
   * Whether a column of the target alone tells versions apart, as a surrogate key does: it is
   * unique, or numbers rows.
   */
  private boolean isOfOneVersion(PgColumn column) {
    boolean isUnique =
        plan.table().uniqueIndexes().stream()
            .map(PgTable.UniqueIndex::columns)
            .anyMatch(
                index ->
                    index.contains(column.name())
                        && !index.containsAll(columns.history().opened()));
    boolean isSources =
        plan.columns().stream().anyMatch(written -> written.column().equals(column));
    return !isSources && (isUnique || column.defaultExpression().startsWith("nextval("));
  }

  private String valueOf(PgColumn column) {
    String none = ColumnValues.defaultOf(column);
    if (isOfOneVersion(column)) {
      return none;
    }
    return plan.columns().stream()
        .filter(written -> written.column().equals(column))
        .findFirst()
        .map(
            written ->
                ColumnValues.known(
                    written,
                    storedOr(column, " WHEN s._lent THEN s." + written.staged()) + none + " END"))
        .orElse(storedOr(column, "") + none + " END");
  }

  /**
   * The value that a stored row lends: under the former key, or else the version before.
   *
   * @param between what comes before that version
   */
  private String storedOr(PgColumn column, String between) {
    return "CASE WHEN "
        + rows.present("o")
        + " THEN o."
        + column.sql()
        + between
        + " WHEN "
        + rows.present("t")
        + " THEN t."
        + column.sql()
        + " ELSE ";
  }

  /** The spans of the batch with the staged change of a number; both have the version's key. */
  private String spans(String number) {
    return spans(number, "");
  }

  private String spans(String number, String joined) {
    return SpanTable.SQL
        + " AS a JOIN "
        + staging.rows(StagedRowKind.values())
        + " AS s ON s._n = "
        + number
        + joined
        + " WHERE a._w = "
        + staging.number()
        + " AND "
        + rows.sameKey("t")
        + " AND "
        + columns.opened("t")
        + " = (a._e, a._c, a._l)";
  }

  private static String ofKind(SpanTable.Kind kind) {
    return " AND a._k = " + kind.ordinal();
  }
}

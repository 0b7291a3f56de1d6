// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.sql;

import io.lakehousecdc.sink.postgres.catalog.Identifiers;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Conditions on a table row and a staged row that statements share. {@code s} is the staged row;
 * table rows have the alias that is asked for. Immutable.
 */
record RowConditions(TablePlan plan) {
  /** Position of the staged row. */
  static final String STAGED_POSITION = "(s._e, s._c, s._l)";

  /** Equality of the keys of a table row and the staged row. */
  String sameKey(String table) {
    StringJoiner join = new StringJoiner(" AND ");
    plan.keys().forEach(key -> join.add(table + "." + key.sql() + " = s." + key.staged()));
    return join.toString();
  }

  /** Equality of the key of a table row and the key that the staged row had before. */
  String formerKey(String table) {
    StringJoiner join = new StringJoiner(" AND ");
    for (int i = 0; i < plan.keys().size(); i++) {
      join.add(table + "." + plan.keys().get(i).sql() + " = s.m" + i);
    }
    return join.toString();
  }

  /** Whether an outer join found a row. */
  String present(String table) {
    return table + "." + plan.keys().get(0).sql() + " IS NOT NULL";
  }

  /** Whether a table row is there and not soft-deleted. */
  String live(String table) {
    String deleted = table + "." + Identifiers.quote(plan.options().metadata().deleted());
    return plan.softDeletes()
        ? present(table) + " AND " + deleted + " IS NOT TRUE"
        : present(table);
  }

  /** Position of a table row; its parts are NULL where somebody else wrote the row. */
  String position(String table) {
    return "(" + positionParts(table) + ")";
  }

  /** Epoch, commit LSN and LSN of a table row. */
  String positionParts(String table) {
    MetadataColumns names = plan.options().metadata();
    return Stream.of(names.epoch(), names.commitLsn(), names.lsn())
        .map(name -> table + "." + Identifiers.quote(name))
        .collect(Collectors.joining(", "));
  }

  /** A change applies where it is not below the stored row, or that has no position. */
  String applies(String table) {
    return "((" + position(table) + " > " + STAGED_POSITION + ") IS NOT TRUE)";
  }

  /**
   * Of staged rows that the stored row of their key outranks, one for each reason (the stored row
   * is of a later epoch, or not): number, epoch, commit LSN and LSN of the stored row, how many
   * there are.
   *
   * @param staged subquery of the staged rows
   * @param condition what tells that the stored row outranks
   */
  String outranked(String staged, String condition) {
    String later = "t." + Identifiers.quote(plan.options().metadata().epoch()) + " > s._e";
    return "SELECT DISTINCT ON ("
        + later
        + ") s._n, "
        + positionParts("t")
        + ", count(*) OVER (PARTITION BY "
        + later
        + ") FROM "
        + staged
        + " AS s JOIN "
        + plan.table().sql()
        + " AS t ON "
        + sameKey("t")
        + " WHERE "
        + condition
        + " ORDER BY "
        + later;
  }
}

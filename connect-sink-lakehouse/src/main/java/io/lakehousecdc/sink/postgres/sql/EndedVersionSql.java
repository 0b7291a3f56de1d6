// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.sql;

import static io.lakehousecdc.sink.postgres.catalog.Identifiers.quote;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.postgres.catalog.Identifiers;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import io.lakehousecdc.sink.spi.HistoryOptions.HistoryColumns;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/**
 * SQL of {@link io.lakehousecdc.sink.version.Version#isEndedBy} and {@code endedBy}, for the
 * versions of a whole table, alias {@code t}; {@code n} are later ones of the key. Immutable.
 *
 * @param table the table, which holds versions
 */
record EndedVersionSql(PgTable table, TableOptions options) {

  /** Ends the versions that a floor ends. */
  String end(Floor floor, Operation operation) {
    MetadataColumns names = options.metadata();
    VersionColumns columns = VersionColumns.of(options);
    String until = until(floor);
    return "UPDATE "
        + table.sql()
        + " AS t SET "
        + quote(columns.history().validTo())
        + " = greatest("
        + columns.validFrom("t")
        + ", "
        + until
        + "), "
        + quote(columns.history().current())
        + " = false, "
        + quote(names.op())
        + " = "
        + Identifiers.literal(operation.code())
        + ", "
        + quote(names.ts())
        + " = "
        + until
        + ", "
        + quote(names.epoch())
        + " = "
        + floor.at().epoch()
        + ", "
        + quote(names.commitLsn())
        + " = "
        + floor.at().commitLsn()
        + ", "
        + quote(names.lsn())
        + " = "
        + floor.at().lsn()
        + " WHERE "
        + endedBy(floor);
  }

  /** Whether a floor ends a version. */
  String endedBy(Floor floor) {
    VersionColumns columns = VersionColumns.of(options);
    FloorSql opening = new FloorSql(openings());
    // Of a row that others have written it is only known since when it is there.
    String below =
        "(CASE WHEN t."
            + quote(options.metadata().epoch())
            + " IS NULL THEN "
            + opening.covers(floor, "t")
            + " ELSE "
            + new FloorSql(options.metadata()).covers(floor, "t")
            + " END) IS TRUE";
    String concerned = "NOT " + columns.isEnded("t") + " AND " + below;
    if (floor.cause() == Floor.Cause.TRUNCATE) {
      concerned +=
          " OR "
              + columns.isEnded("t")
              + " AND NOT ("
              + below
              + ") AND "
              + opening.covers(floor, "t")
              + " IS TRUE";
    }
    return "("
        + columns.validTo("t")
        + " IS NULL OR "
        + columns.validTo("t")
        + " > "
        + until(floor)
        + ") AND ("
        + concerned
        + ") AND ("
        + columns.isCurrent("t")
        + " OR NOT EXISTS (SELECT FROM "
        + table.sql()
        + " AS n WHERE "
        + sameKey()
        + " AND "
        + columns.opened("n")
        + " > "
        + columns.opened("t")
        + " AND "
        + opening.covers(floor, "n")
        + " IS TRUE))";
  }

  /** When the floor ends a version; where that is not known, when it was changed last. */
  private String until(Floor floor) {
    return floor.atMicros() == 0
        ? "t." + quote(options.metadata().ts())
        : "(timestamptz 'epoch' + " + floor.atMicros() + " * interval '1 microsecond')";
  }

  /** Equality of the keys of two versions: what the primary key has beside the position. */
  private String sameKey() {
    HistoryColumns history = options.history().orElseThrow().columns();
    List<String> key = new ArrayList<>();
    table.uniqueIndexes().stream()
        .filter(index -> index.columns().containsAll(history.opened()))
        .findFirst()
        .ifPresent(index -> key.addAll(index.columns()));
    key.removeAll(history.opened());
    StringJoiner same = new StringJoiner(" AND ");
    key.forEach(name -> same.add("n." + quote(name) + " = t." + quote(name)));
    return key.isEmpty() ? "true" : same.toString();
  }

  /** Names of the columns that tell where and when a version was opened. */
  private MetadataColumns openings() {
    MetadataColumns names = options.metadata();
    HistoryColumns history = options.history().orElseThrow().columns();
    return new MetadataColumns(
        names.op(),
        history.validFrom(),
        history.lsn(),
        history.commitLsn(),
        history.epoch(),
        names.deleted(),
        names.unchanged());
  }
}

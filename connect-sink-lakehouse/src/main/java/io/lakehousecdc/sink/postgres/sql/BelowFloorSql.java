// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.sql;

import static io.lakehousecdc.sink.postgres.catalog.Identifiers.quote;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.postgres.catalog.Identifiers;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import java.util.Locale;

/**
 * Statements on the rows that a truncate or a sweep takes; the table has the alias {@code t}.
 * Immutable.
 *
 * @param table the table, which has the metadata columns
 * @param options how it is written
 */
public record BelowFloorSql(PgTable table, TableOptions options) {

  /**
   * Deletes all rows below a floor; of soft-deleted ones the state stays as it is. Ends the
   * versions that go on beyond it, where the table holds versions.
   */
  public String remove(Floor floor, Operation operation) {
    if (options.history().isPresent()) {
      return new EndedVersionSql(table, options).end(floor, operation);
    }
    if (!softDeletes()) {
      return "DELETE FROM " + table.sql() + " AS t WHERE " + below(floor);
    }
    return "UPDATE "
        + table.sql()
        + " AS t SET "
        + softDeleted(
            options.metadata(),
            Identifiers.literal(operation.code()),
            Integer.toString(floor.at().epoch()),
            Long.toString(floor.at().commitLsn()),
            Long.toString(floor.at().lsn()))
        + " WHERE "
        + below(floor);
  }

  /** Counts the rows below a floor. */
  public String count(Floor floor) {
    return "SELECT count(*) FROM " + table.sql() + " AS t WHERE " + below(floor);
  }

  /**
   * Counts the rows below a floor on a random share of the table's pages.
   *
   * @param percent the share, above 0 and below 100
   */
  public String countSample(Floor floor, double percent) {
    return "SELECT count(*) FROM "
        + table.sql()
        + " AS t TABLESAMPLE SYSTEM ("
        + String.format(Locale.ROOT, "%.6f", percent)
        + ") WHERE "
        + below(floor);
  }

  /** Whether a row is not below a floor, as 1 or 0. */
  public String outliving(Floor floor) {
    return "SELECT count(*) FROM (SELECT FROM "
        + table.sql()
        + " AS t WHERE "
        + new FloorSql(options.metadata()).covers(floor, "t")
        + " IS FALSE LIMIT 1) AS o";
  }

  /** Whether the table has the columns that the statements use. */
  public boolean isPossible() {
    MetadataColumns names = options.metadata();
    return table.column(names.epoch()).isPresent()
        && table.column(names.commitLsn()).isPresent()
        && table.column(names.lsn()).isPresent()
        && table.column(names.ts()).isPresent()
        && table.column(names.op()).isPresent()
        && (!softDeletes() || table.column(names.deleted()).isPresent());
  }

  /** Whether a removed row stays: marked as deleted, or as a version that has ended. */
  public boolean keepsRows() {
    return softDeletes() || options.history().isPresent();
  }

  private boolean softDeletes() {
    return options.deleteMode() == DeleteMode.SOFT;
  }

  /** Assignments of a soft delete. */
  static String softDeleted(
      MetadataColumns names, String operation, String epoch, String commitLsn, String lsn) {
    return quote(names.deleted())
        + " = true, "
        + quote(names.op())
        + " = "
        + operation
        + ", "
        + quote(names.epoch())
        + " = "
        + epoch
        + ", "
        + quote(names.commitLsn())
        + " = "
        + commitLsn
        + ", "
        + quote(names.lsn())
        + " = "
        + lsn;
  }

  /** Rows without a position, which others have written, are below every floor. */
  private String below(Floor floor) {
    if (options.history().isPresent()) {
      return new EndedVersionSql(table, options).endedBy(floor);
    }
    String below = new FloorSql(options.metadata()).covers(floor, "t") + " IS NOT FALSE";
    return softDeletes()
        ? below + " AND t." + quote(options.metadata().deleted()) + " IS NOT TRUE"
        : below;
  }
}

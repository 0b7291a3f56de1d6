// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.proof;

import io.lakehousecdc.quickstart.warehouse.ReadableTables;
import io.lakehousecdc.quickstart.warehouse.Row;
import io.lakehousecdc.quickstart.warehouse.RowCursor;
import io.lakehousecdc.quickstart.warehouse.ShopTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The comparison of a table at the source with its copy in a warehouse, row by row and column by
 * column. Both are read in the order of their key and never held in memory.
 */
public final class EqualityProof {
  private static final int DIFFERENCES_SHOWN = 10;

  private final ShopTable table;
  private final TableDigest sourceDigest = new TableDigest();
  private final TableDigest warehouseDigest = new TableDigest();
  private final List<String> shown = new ArrayList<>();
  private long differences;

  private EqualityProof(ShopTable table) {
    this.table = table;
  }

  /**
   * What the comparison has found.
   *
   * @param sourceDigest of all cells of all rows; equal digests mean equal tables
   * @param shown the first differences, each naming its row
   * @param differences how many rows differ
   */
  public record Verdict(
      String table,
      long sourceRows,
      long warehouseRows,
      String sourceDigest,
      String warehouseDigest,
      List<String> shown,
      long differences) {
    public boolean equal() {
      return differences == 0;
    }
  }

  /** Reads both tables to their ends. Neither may be written to meanwhile. */
  public static Verdict of(ShopTable table, ReadableTables source, ReadableTables warehouse) {
    try (RowCursor left = source.rows(table);
        RowCursor right = warehouse.rows(table)) {
      return new EqualityProof(table).compare(left, right);
    }
  }

  private Verdict compare(RowCursor source, RowCursor warehouse) {
    Optional<Row> left = source.next();
    Optional<Row> right = warehouse.next();
    while (left.isPresent() || right.isPresent()) {
      int order = compareKeys(left, right);
      if (order < 0) {
        differs(left.orElseThrow(), "is in the source only");
      } else if (order > 0) {
        differs(right.orElseThrow(), "is in the warehouse only");
      } else {
        compareCells(left.orElseThrow(), right.orElseThrow());
      }
      if (order <= 0) {
        sourceDigest.add(left.orElseThrow());
        left = source.next();
      }
      if (order >= 0) {
        warehouseDigest.add(right.orElseThrow());
        right = warehouse.next();
      }
    }
    return new Verdict(
        table.name(),
        sourceDigest.rows(),
        warehouseDigest.rows(),
        sourceDigest.hex(),
        warehouseDigest.hex(),
        List.copyOf(shown),
        differences);
  }

  /** Compares the next keys; a side that has ended counts as greater. */
  private static int compareKeys(Optional<Row> left, Optional<Row> right) {
    if (left.isEmpty() || right.isEmpty()) {
      return left.isEmpty() ? 1 : -1;
    }
    return Long.compare(left.get().key(), right.get().key());
  }

  private void compareCells(Row left, Row right) {
    List<String> unequal = new ArrayList<>();
    for (int i = 0; i < table.columns().size(); i++) {
      String expected = left.cells().get(i);
      String found = right.cells().get(i);
      if (!Objects.equals(expected, found)) {
        unequal.add(
            "%s is %s in the source, %s in the warehouse"
                .formatted(table.columns().get(i).name(), quoted(expected), quoted(found)));
      }
    }
    if (!unequal.isEmpty()) {
      differs(left, String.join("; ", unequal));
    }
  }

  private void differs(Row row, String how) {
    differences++;
    if (shown.size() < DIFFERENCES_SHOWN) {
      shown.add("%s, row with id %d: %s".formatted(table.name(), row.key(), how));
    }
  }

  /** Long texts are shown by their beginning and their length. */
  private static String quoted(String cell) {
    int most = 60;
    if (cell == null) {
      return "NULL";
    }
    return cell.length() <= most
        ? "'" + cell + "'"
        : "'%s…' (%d characters)".formatted(cell.substring(0, most), cell.length());
  }
}

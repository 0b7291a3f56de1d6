// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.quickstart.warehouse.Row;
import io.lakehousecdc.quickstart.warehouse.ShopTable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class EqualityProofTest {
  private static final ShopTable ORDERS =
      new ShopTable(
          "orders",
          List.of(
              new ShopTable.Column("total", "numeric(12,2)"),
              new ShopTable.Column("note", "text")));

  @Test
  void equalTablesHaveEqualDigests() {
    EqualityProof.Verdict verdict =
        compare(
            List.of(row(1, "1.00", null), row(2, "2.00", "x")),
            List.of(row(1, "1.00", null), row(2, "2.00", "x")));
    assertTrue(verdict.equal());
    assertEquals(verdict.sourceDigest(), verdict.warehouseDigest());
    assertEquals(2, verdict.sourceRows());
    assertEquals(2, verdict.warehouseRows());
  }

  @Test
  void changedCellIsNamedWithBothValues() {
    EqualityProof.Verdict verdict =
        compare(List.of(row(7, "1.00", "a")), List.of(row(7, "1.01", "a")));
    assertEquals(
        List.of("orders, row with id 7: total is '1.00' in the source, '1.01' in the warehouse"),
        verdict.shown());
    assertNotEquals(verdict.sourceDigest(), verdict.warehouseDigest());
  }

  @Test
  void nullDiffersFromEmptyText() {
    EqualityProof.Verdict verdict =
        compare(List.of(row(7, "1.00", null)), List.of(row(7, "1.00", "")));
    assertEquals(
        List.of("orders, row with id 7: note is NULL in the source, '' in the warehouse"),
        verdict.shown());
    assertNotEquals(verdict.sourceDigest(), verdict.warehouseDigest());
  }

  @Test
  void lostRowAndResurrectedRowAreNamedAndTheRestIsStillCompared() {
    EqualityProof.Verdict verdict =
        compare(
            List.of(row(1, "1.00", "a"), row(3, "3.00", "c"), row(4, "4.00", "d")),
            List.of(row(1, "1.00", "a"), row(2, "2.00", "b"), row(4, "4.00", "x")));
    assertEquals(3, verdict.differences());
    assertEquals(
        List.of(
            "orders, row with id 2: is in the warehouse only",
            "orders, row with id 3: is in the source only",
            "orders, row with id 4: note is 'd' in the source, 'x' in the warehouse"),
        verdict.shown());
  }

  @Test
  void warehouseThatEndsEarlyOrIsEmptyIsUnequal() {
    List<Row> rows = List.of(row(1, "1.00", "a"), row(2, "2.00", "b"));
    assertEquals(1, compare(rows, rows.subList(0, 1)).differences());
    assertEquals(2, compare(rows, List.of()).differences());
    assertEquals(2, compare(List.of(), rows).differences());
  }

  @Test
  void manyDifferencesAreAllCountedButOnlyTheFirstShown() {
    List<Row> rows = LongStream.range(0, 500).mapToObj(id -> row(id, "1.00", "a")).toList();
    EqualityProof.Verdict verdict = compare(rows, List.of());
    assertEquals(500, verdict.differences());
    assertEquals(10, verdict.shown().size());
    assertFalse(verdict.equal());
  }

  @Test
  void digestTellsWhereOneCellEndsAndTheNextBegins() {
    assertNotEquals(
        compare(List.of(row(1, "ab", "c")), List.of()).sourceDigest(),
        compare(List.of(row(1, "a", "bc")), List.of()).sourceDigest());
  }

  private static EqualityProof.Verdict compare(List<Row> source, List<Row> warehouse) {
    return EqualityProof.of(
        ORDERS, new InMemoryTables("source", source), new InMemoryTables("warehouse", warehouse));
  }

  private static Row row(long id, String total, String note) {
    return new Row(id, Arrays.asList(total, note));
  }
}

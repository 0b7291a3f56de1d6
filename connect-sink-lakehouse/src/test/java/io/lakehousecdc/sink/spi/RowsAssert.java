// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.sink.change.TableId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.AbstractAssert;

/**
 * Compares the rows of a table with those expected, in any order. A failure names the table, and of
 * each row that differs its first column and the columns with both values.
 */
public final class RowsAssert extends AbstractAssert<RowsAssert, List<Map<String, Object>>> {
  private static final int SHOWN_ROWS = 20;
  private static final int SHOWN_CHARACTERS = 120;

  private final TableId table;
  private final List<String> columns;

  /**
   * The rows as stored, by column name.
   *
   * @param columns those to compare, the one that tells rows apart first
   */
  RowsAssert(TableId table, List<Map<String, Object>> rows, String... columns) {
    super(rows, RowsAssert.class);
    this.table = table;
    this.columns = List.of(columns);
  }

  /** Fails unless the table holds exactly these rows, each as often as it is given here. */
  @SafeVarargs
  public final void areExactly(List<Object>... expected) {
    areExactly(Arrays.asList(expected));
  }

  /** As {@link #areExactly(List[])}, for rows that a test computes. */
  public void areExactly(List<List<Object>> expected) {
    List<List<Object>> found = actual.stream().map(this::selected).toList();
    List<List<Object>> missing = without(expected, found);
    List<List<Object>> surplus = without(found, expected);
    if (!missing.isEmpty() || !surplus.isEmpty()) {
      failWithMessage(
          "%s",
          "rows of "
              + table
              + " are not as expected:"
              + firstOf(differences(missing, surplus, expected))
              + "\nexpected "
              + expected.size()
              + ":"
              + list(expected.stream().map(this::text).sorted().toList())
              + "\nstored "
              + found.size()
              + ", with all columns:"
              + list(actual.stream().map(this::text).sorted().toList()));
    }
  }

  private List<Object> selected(Map<String, Object> row) {
    List<Object> values = new ArrayList<>();
    for (String column : columns) {
      if (!row.containsKey(column)) {
        failWithMessage("%s has no column %s, but %s", table, column, row.keySet());
      }
      values.add(row.get(column));
    }
    return values;
  }

  /** The rows that are left when each of the others has taken away one that equals it. */
  private static List<List<Object>> without(List<List<Object>> rows, List<List<Object>> others) {
    Map<List<Object>, Integer> counts = new LinkedHashMap<>();
    others.forEach(row -> counts.merge(row, 1, Integer::sum));
    return new ArrayList<>(
        rows.stream().filter(row -> counts.merge(row, -1, Integer::sum) < 0).toList());
  }

  private List<String> differences(
      List<List<Object>> missing, List<List<Object>> surplus, List<List<Object>> expected) {
    List<String> differences = new ArrayList<>();
    Iterator<List<Object>> unmatched = missing.iterator();
    while (unmatched.hasNext()) {
      List<Object> row = unmatched.next();
      List<Object> stored = nearest(row, surplus);
      if (stored != null) {
        differences.add(difference(row, stored));
        surplus.remove(stored);
        unmatched.remove();
      }
    }
    missing.forEach(row -> differences.add("missing: " + text(row)));
    surplus.forEach(
        row ->
            differences.add(
                (expected.contains(row) ? "once too often: " : "not expected: ") + text(row)));
    return differences;
  }

  /** The stored row that begins with the same value and differs least; null where there is none. */
  private static List<Object> nearest(List<Object> row, List<List<Object>> stored) {
    List<Object> nearest = null;
    for (List<Object> each : stored) {
      if (Objects.equals(each.get(0), row.get(0))
          && (nearest == null || differing(row, each).length < differing(row, nearest).length)) {
        nearest = each;
      }
    }
    return nearest;
  }

  private static int[] differing(List<Object> row, List<Object> other) {
    return IntStream.range(0, row.size())
        .filter(i -> !Objects.equals(row.get(i), other.get(i)))
        .toArray();
  }

  private String difference(List<Object> expected, List<Object> stored) {
    StringJoiner columnTexts =
        new StringJoiner("; ", columns.get(0) + "=" + text(expected.get(0)) + ": ", "");
    for (int i : differing(expected, stored)) {
      String wanted = text(expected.get(i));
      String found = text(stored.get(i));
      if (wanted.equals(found)) {
        wanted += typeOf(expected.get(i));
        found += typeOf(stored.get(i));
      }
      columnTexts.add(columns.get(i) + " is " + found + ", expected " + wanted);
    }
    return columnTexts.toString();
  }

  private static String typeOf(Object value) {
    return value == null ? "" : " (" + value.getClass().getSimpleName() + ")";
  }

  private String text(List<Object> row) {
    Map<String, Object> byColumn = new LinkedHashMap<>();
    for (int i = 0; i < row.size(); i++) {
      byColumn.put(columns.get(i), row.get(i));
    }
    return text(byColumn);
  }

  private String text(Map<String, Object> row) {
    StringJoiner cells = new StringJoiner(", ", "{", "}");
    row.forEach((column, value) -> cells.add(column + "=" + text(value)));
    return cells.toString();
  }

  private String text(Object value) {
    String text = String.valueOf(info.representation().toStringOf(value));
    return text.length() <= SHOWN_CHARACTERS
        ? text
        : text.substring(0, SHOWN_CHARACTERS) + "… (" + text.length() + " characters)";
  }

  private static String firstOf(List<String> texts) {
    List<String> first = texts.subList(0, Math.min(SHOWN_ROWS, texts.size()));
    int left = texts.size() - first.size();
    return lines(first) + (left == 0 ? "" : "\n  … and " + left + " more");
  }

  /** All of them, or none: some rows of a large table help nobody. */
  private static String list(List<String> texts) {
    return texts.size() > SHOWN_ROWS ? " too many to show" : lines(texts);
  }

  private static String lines(List<String> texts) {
    return texts.stream().map(text -> "\n  " + text).collect(Collectors.joining());
  }
}

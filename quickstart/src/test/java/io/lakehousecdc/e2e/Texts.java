// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** Rows as texts, sorted so that rows of different stores can be compared. */
final class Texts {
  private static final Comparator<List<String>> ORDER = Comparator.comparing(Objects::toString);

  private Texts() {}

  /** Rows of a query that gives text or null in every column. */
  static List<List<String>> of(List<List<Object>> rows) {
    List<List<String>> texts = new ArrayList<>(rows.size());
    for (List<Object> row : rows) {
      List<String> cells = new ArrayList<>(row.size());
      row.forEach(cell -> cells.add((String) cell));
      texts.add(Collections.unmodifiableList(cells));
    }
    return texts;
  }

  static List<List<String>> sorted(List<List<String>> rows) {
    return rows.stream().sorted(ORDER).toList();
  }
}

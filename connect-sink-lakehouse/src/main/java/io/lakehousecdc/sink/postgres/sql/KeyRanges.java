// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.sql;

import io.lakehousecdc.sink.postgres.catalog.Identifiers;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import io.lakehousecdc.sink.postgres.catalog.TableTraits.KeyColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * SQL that takes a table, alias {@code t}, range by range of a unique key. A row stays in its range
 * whatever else of it is changed meanwhile, so none is missed; ranges of physical places (ctid)
 * could not promise that. Rows with a NULL in their key, which the sink does not write, are in no
 * range. Keys are passed on as the server's own text of them. Immutable.
 *
 * @param table the table
 * @param key columns of the key, in the order of its index
 */
public record KeyRanges(PgTable table, List<KeyColumn> key) {

  /**
   * Query of the last key of the next range, a column of text for each of its parts; it gives no
   * row where fewer than {@code rows} are left.
   *
   * @param after last key of the range before; empty for the first
   */
  public String end(List<String> after, int rows) {
    String parts =
        key.stream().map(each -> "t." + each.sql() + "::text").collect(Collectors.joining(", "));
    // Qualified: a bare name would mean the column of text that is selected.
    String order = key.stream().map(each -> "t." + each.sql()).collect(Collectors.joining(", "));
    return "SELECT "
        + parts
        + " FROM "
        + table.sql()
        + " AS t WHERE "
        + within(after, List.of())
        + " ORDER BY "
        + order
        + " OFFSET "
        + (rows - 1)
        + " LIMIT 1";
  }

  /**
   * Condition of a range.
   *
   * @param after last key before it; empty where it is the first
   * @param upTo last key of it; empty where it has no end
   */
  public String within(List<String> after, List<String> upTo) {
    List<String> bounds = new ArrayList<>();
    nullable().forEach(column -> bounds.add(column + " IS NOT NULL"));
    if (!after.isEmpty()) {
      bounds.add(columns() + " > " + values(after));
    }
    if (!upTo.isEmpty()) {
      bounds.add(columns() + " <= " + values(upTo));
    }
    return bounds.isEmpty() ? "true" : String.join(" AND ", bounds);
  }

  /** Condition of the rows that are in no range; empty where there are none. */
  public Optional<String> outside() {
    return nullable()
        .map(column -> column + " IS NULL")
        .reduce((a, b) -> a + " OR " + b)
        .map(condition -> "(" + condition + ")");
  }

  private Stream<String> nullable() {
    return key.stream().filter(KeyColumn::nullable).map(each -> "t." + each.sql());
  }

  private String columns() {
    return key.stream().map(each -> "t." + each.sql()).collect(Collectors.joining(", ", "(", ")"));
  }

  private String values(List<String> texts) {
    return IntStream.range(0, key.size())
        .mapToObj(i -> Identifiers.literal(texts.get(i)) + "::" + key.get(i).type())
        .collect(Collectors.joining(", ", "(", ")"));
  }
}

package io.lakehousecdc.quickstart;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** Rows of one table, given in the order of their keys. */
record InMemoryTables(String name, List<Row> content) implements Tables {
  @Override
  public long count(ShopTable table) {
    return content.size();
  }

  @Override
  public RowCursor rows(ShopTable table) {
    Iterator<Row> rows = content.iterator();
    return new RowCursor() {
      @Override
      public Optional<Row> next() {
        return rows.hasNext() ? Optional.of(rows.next()) : Optional.empty();
      }

      @Override
      public void close() {}
    };
  }
}

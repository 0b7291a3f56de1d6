// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.proof;

import io.lakehousecdc.quickstart.warehouse.ReadableTables;
import io.lakehousecdc.quickstart.warehouse.Row;
import io.lakehousecdc.quickstart.warehouse.RowCursor;
import io.lakehousecdc.quickstart.warehouse.ShopTable;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** A fake of one table, with its rows in the order of their keys. */
record InMemoryTables(String name, List<Row> content) implements ReadableTables {
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

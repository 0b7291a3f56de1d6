// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.warehouse;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A row in the form in which rows are compared. A cell is the value as PostgreSQL writes it as
 * text: ISO dates, timestamps with time zone in UTC, numerics with all their decimals, {@code
 * jsonb} normalised; null is SQL NULL. {@link Warehouse}s of other kinds write their values in the
 * same way.
 *
 * @param key value of the primary key, which is the column {@code id} in all tables of the shop
 * @param cells in the order of {@link ShopTable#columns}
 */
public record Row(long key, List<String> cells) {
  public Row {
    cells = Collections.unmodifiableList(new ArrayList<>(cells)); // List.copyOf refuses null
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.warehouse;

import java.util.List;

/**
 * A table of the shop, in schema "public", with primary key {@code id}.
 *
 * @param columns as the shop's catalogue has them, in its order
 */
public record ShopTable(String name, List<Column> columns) {
  /**
   * A column.
   *
   * @param type PostgreSQL's name of it, such as {@code numeric(10,2)}
   */
  public record Column(String name, String type) {}

  /** Where the source connector publishes its changes; see config/source/plain.json. */
  public String topic() {
    return "shop.public." + name;
  }
}

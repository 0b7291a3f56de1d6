// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.shop;

import io.lakehousecdc.quickstart.warehouse.PostgresTables;
import io.lakehousecdc.quickstart.warehouse.ShopTable;
import io.lakehousecdc.testkit.PostgresDatabase;
import io.lakehousecdc.testkit.PostgresServer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The source database of the demo: customers, products and orders of a shop.
 *
 * @param tables in the order of their names
 */
public record ShopDatabase(PostgresTables reader, List<ShopTable> tables) {
  /** Creates the database "shop" with its tables and some rows. */
  public static ShopDatabase create(PostgresServer server) {
    PostgresDatabase database = server.createDatabase("shop");
    database.execute(Resource.text(ShopDatabase.class, "shop.sql"));
    PostgresTables reader = new PostgresTables("source", database);
    return new ShopDatabase(reader, reader.catalogue());
  }

  public PostgresDatabase database() {
    return reader.database();
  }

  /**
   * Writes one last row to each table, in one transaction. A sink that has this row has applied
   * everything that was written to the table before, because a topic keeps the order of commits.
   *
   * @return the rows' keys by table
   */
  public Map<ShopTable, Long> writeLastRows() {
    List<Object> keys =
        database()
            .rows(
                """
                with customer as (
                  insert into customers (name, email)
                  values ('The last customer', 'last@example.com') returning id),
                product as (
                  insert into products (sku, name, description, price)
                  values ('SKU-LAST', 'The last product', 'No more writes after this.', 1.00)
                  returning id),
                placed as (
                  insert into orders (customer_id, product_id, quantity, total)
                  select customer.id, product.id, 1, 1.00 from customer, product returning id)
                select customer.id, placed.id, product.id from customer, placed, product
                """)
            .get(0);
    List<String> names = List.of("customers", "orders", "products");
    Map<ShopTable, Long> last = new LinkedHashMap<>();
    tables.forEach(table -> last.put(table, (Long) keys.get(names.indexOf(table.name()))));
    return last;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.shop;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A writer of random single changes of the shop, as its application would make them. The caller
 * commits. For one thread.
 */
final class ShopWriter {
  private static final int FEWEST_CUSTOMERS_AND_PRODUCTS = 10;
  private static final int DESCRIPTION_BYTES = 3000;
  private static final String[] STATES = {"paid", "packed", "shipped", "delivered", "returned"};

  private final Sql sql;
  private final RandomGenerator random;
  private final LiveKeys customers;
  private final LiveKeys products;
  private final LiveKeys orders;

  ShopWriter(Connection connection, RandomGenerator random) throws SQLException {
    sql = new Sql(connection);
    this.random = random;
    customers = keys(connection, "customers");
    products = keys(connection, "products");
    orders = keys(connection, "orders");
  }

  /** Makes one change; returns how many rows the statement itself has changed, 0 or 1. */
  int change(Mix.Action action) throws SQLException {
    return switch (action) {
      case INSERT -> insert();
      case UPDATE -> update();
      case DELETE -> delete();
    };
  }

  private int insert() throws SQLException {
    int dice = random.nextInt(100);
    if (dice < 15) {
      customers.add(
          sql.insert(
              "insert into customers (name, email, country) values (?, ?, ?) returning id",
              "Customer " + hex(4),
              hex(10) + "@example.com",
              random.nextBoolean() ? "DE" : "FR"));
    } else if (dice < 20) {
      products.add(
          sql.insert(
              "insert into products (sku, name, description, price, weight_kg, stock)"
                  + " values (?, ?, ?, ?, ?, ?) returning id",
              "SKU-" + hex(10),
              "Product " + hex(4),
              hex(DESCRIPTION_BYTES),
              money(),
              random.nextBoolean() ? null : BigDecimal.valueOf(random.nextInt(50_000), 3),
              random.nextInt(1000)));
    } else {
      orders.add(
          sql.insert(
              "insert into orders (customer_id, product_id, quantity, total, note)"
                  + " values (?, ?, ?, ?, ?) returning id",
              customers.any(),
              products.any(),
              1 + random.nextInt(9),
              money(),
              random.nextInt(4) > 0 ? null : "Grüße, 你好 " + hex(8)));
    }
    return 1;
  }

  private int update() throws SQLException {
    int dice = random.nextInt(100);
    if (dice < 15) {
      return sql.execute(
          "update customers set loyalty_points = loyalty_points + ?, updated_at = now(),"
              + " preferences = preferences || jsonb_build_object('seen', ?::text) where id = ?",
          random.nextInt(20),
          hex(3),
          customers.any());
    }
    if (dice < 28) {
      return sql.execute(
          "update products set price = ?, stock = stock - 1, updated_at = localtimestamp"
              + " where id = ?",
          money(),
          products.any());
    }
    if (dice < 30) {
      return sql.execute(
          "update products set description = ?, tags = tags || ?::text where id = ?",
          hex(DESCRIPTION_BYTES),
          "new " + hex(2),
          products.any());
    }
    if (orders.isEmpty()) {
      return 0;
    }
    return dice < 90
        ? sql.execute(
            "update orders set status = ?, updated_at = now() where id = ?",
            STATES[random.nextInt(STATES.length)],
            orders.any())
        : sql.execute(
            "update orders set note = null, quantity = quantity + 1, total = total * 1.10"
                + " where id = ?",
            orders.any());
  }

  private int delete() throws SQLException {
    int dice = random.nextInt(100);
    if (dice < 8 && customers.size() > FEWEST_CUSTOMERS_AND_PRODUCTS) {
      return sql.execute("delete from customers where id = ?", customers.removeAny());
    }
    if (dice < 15 && products.size() > FEWEST_CUSTOMERS_AND_PRODUCTS) {
      return deleteProductWithoutOrders(products.removeAny());
    }
    return orders.isEmpty()
        ? 0
        : sql.execute("delete from orders where id = ?", orders.removeAny());
  }

  private int deleteProductWithoutOrders(long key) throws SQLException {
    int deleted =
        sql.execute(
            "delete from products where id = ?"
                + " and not exists (select from orders where product_id = products.id)",
            key);
    if (deleted == 0) {
      products.add(key);
    }
    return deleted;
  }

  private BigDecimal money() {
    return BigDecimal.valueOf(1 + random.nextInt(99_999), 2);
  }

  private String hex(int bytes) {
    byte[] noise = new byte[bytes];
    random.nextBytes(noise);
    return HexFormat.of().formatHex(noise);
  }

  private LiveKeys keys(Connection connection, String table) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("select id from " + table)) {
      List<Long> keys = new ArrayList<>();
      while (result.next()) {
        keys.add(result.getLong(1));
      }
      return new LiveKeys(keys, random);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.testkit.PostgresServer;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hashes made here equal those of a server. */
class ServerHashIT {
  private static final int VALUES = 300;

  private final Random random = new Random(7);

  @ParameterizedTest
  @ValueSource(strings = {"13", "18"})
  void hashesEqualThoseOfTheServer(String version) throws SQLException {
    try (PostgresServer server = PostgresServer.version(version).start();
        Connection connection = server.connect()) {
      for (int i = 0; i < VALUES; i++) {
        long seed = i % 3 == 0 ? i : random.nextLong();
        long whole = random.nextLong() >> random.nextInt(64);
        assertEquals(
            server(connection, "hashint8extended(?::int8, ?)", whole, seed),
            ServerHash.ofLong(whole, seed));
        double floating = i == 0 ? -0.0 : i == 1 ? Double.NaN : random.nextGaussian() * whole;
        assertEquals(
            server(connection, "hashfloat8extended(?::float8, ?)", floating, seed),
            ServerHash.ofDouble(floating, seed));
        BigDecimal number = number(i);
        assertEquals(
            server(connection, "hash_numeric_extended(?::numeric, ?)", number, seed),
            ServerHash.ofDecimal(number, seed),
            number::toString);
        for (Form form : List.of(Form.WHOLE, Form.NUMBER)) {
          Object value = form == Form.WHOLE ? (Object) whole : number;
          String cast = form == Form.WHOLE ? "?::int8" : "?::numeric";
          assertEquals(
              server(
                  connection, form.hashSql("v", i) + " FROM (SELECT " + cast + ") AS t (v)", value),
              form.hash(value, i),
              value::toString);
          assertEquals(
              text(connection, form.textSql("v") + " FROM (SELECT " + cast + ") AS t (v)", value),
              form.text(value));
        }
        String text = text(i % 40);
        assertEquals(
            server(connection, "hashtextextended(?::text, ?)", text, seed),
            ServerHash.ofText(text, seed));
        long micros = whole >> 16;
        assertEquals(
            server(
                connection,
                "timestamp_hash_extended(timestamp '2000-01-01' + ?::int8 * interval '1 us', ?)",
                micros,
                seed),
            Form.INSTANT.hash(micros + Form.EPOCH_MICROS, seed(seed)));
      }
    }
  }

  /** Seeds of columns are small. */
  private static int seed(long seed) {
    return (int) seed;
  }

  private BigDecimal number(int i) {
    return switch (i % 4) {
      case 0 -> new BigDecimal(new BigInteger(random.nextInt(300), random), random.nextInt(40));
      case 1 -> BigDecimal.valueOf(random.nextLong(), random.nextInt(25)).negate();
      case 2 -> BigDecimal.valueOf(random.nextInt(100), random.nextInt(9));
      default -> BigDecimal.TEN.pow(random.nextInt(60)).setScale(random.nextInt(5));
    };
  }

  private String text(int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(random.nextInt(4) == 0 ? 0x20AC + random.nextInt(99) : 'a' + i % 26);
    }
    return text.toString();
  }

  private static long server(Connection connection, String query, Object value)
      throws SQLException {
    return Long.parseLong(text(connection, query, value));
  }

  private static String text(Connection connection, String query, Object value)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT " + query)) {
      statement.setObject(1, value);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }

  private static long server(Connection connection, String function, Object value, long seed)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement("SELECT " + function)) {
      query.setObject(1, value);
      query.setLong(2, function.startsWith("timestamp") ? (int) seed : seed);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }
}

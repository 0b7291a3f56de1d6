// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
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

  private String text(int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(random.nextInt(4) == 0 ? 0x20AC + random.nextInt(99) : 'a' + i % 26);
    }
    return text.toString();
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

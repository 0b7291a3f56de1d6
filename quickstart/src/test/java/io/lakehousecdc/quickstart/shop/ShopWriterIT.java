// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.testkit.PostgresServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ShopWriterIT {
  private static final SplittableRandom RANDOM = new SplittableRandom(1);
  private static PostgresServer server;
  private static ShopDatabase shop;

  @BeforeAll
  static void start() {
    server = PostgresServer.start();
    shop = ShopDatabase.create(server);
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void shopStandsEveryMixOfChanges() throws SQLException {
    for (Mix mix : new Mix[] {new Mix(1, 0, 0), new Mix(1, 1, 1), new Mix(0, 1, 0)}) {
      Simulator.Tally tally = simulate(mix);
      assertTrue(tally.rows() > 0, mix + ": " + tally);
    }
    Simulator.Tally onlyDeletes = simulate(new Mix(0, 0, 1));
    assertEquals(0, onlyDeletes.inserts() + onlyDeletes.updates());
    assertTrue(onlyDeletes.deletes() > 0);
  }

  private static Simulator.Tally simulate(Mix mix) throws SQLException {
    return new Simulator(shop.database(), mix, 100_000, Duration.ofSeconds(1), RANDOM).call();
  }
}

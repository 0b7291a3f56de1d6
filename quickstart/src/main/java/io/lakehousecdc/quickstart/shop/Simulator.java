// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.shop;

import io.lakehousecdc.testkit.PostgresDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/**
 * A simulator that writes to the shop at a steady rate: mostly single changes, sometimes several in
 * one transaction.
 *
 * @param rate changed rows per second
 * @param length how long to write
 */
public record Simulator(
    PostgresDatabase shop, Mix mix, int rate, Duration length, RandomGenerator random)
    implements Callable<Simulator.Tally> {
  private static final double SEVERAL_STATEMENTS = 0.2;
  private static final int MOST_STATEMENTS = 6;

  /** What was written. */
  public record Tally(long inserts, long updates, long deletes, long transactions) {
    public long rows() {
      return inserts + updates + deletes;
    }
  }

  /** Writes until the time is over or the thread is interrupted. */
  @Override
  public Tally call() throws SQLException {
    try (Connection connection = shop.connect()) {
      connection.setAutoCommit(false);
      ShopWriter writer = new ShopWriter(connection, random);
      Map<Mix.Action, Long> changed = new EnumMap<>(Mix.Action.class);
      long start = System.nanoTime();
      long tried = 0;
      long transactions = 0;
      while (System.nanoTime() - start < length.toNanos() && !Thread.interrupted()) {
        for (int left = statements(); left > 0; left--) {
          Mix.Action action = mix.next(random);
          changed.merge(action, (long) writer.change(action), Long::sum);
          tried++;
        }
        connection.commit();
        transactions++;
        awaitTurn(start, tried);
      }
      return new Tally(
          changed.getOrDefault(Mix.Action.INSERT, 0L),
          changed.getOrDefault(Mix.Action.UPDATE, 0L),
          changed.getOrDefault(Mix.Action.DELETE, 0L),
          transactions);
    }
  }

  private int statements() {
    return random.nextDouble() < SEVERAL_STATEMENTS ? random.nextInt(2, MOST_STATEMENTS + 1) : 1;
  }

  /** Waits for the time at which this many changes are due; a late simulator catches up. */
  private void awaitTurn(long start, long changes) {
    long due = start + changes * Duration.ofSeconds(1).toNanos() / rate;
    LockSupport.parkNanos(due - System.nanoTime());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.load;

import io.lakehousecdc.testkit.PostgresDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * A writer that changes single rows of {@link Orders}, each in a transaction of its own, at a
 * steady rate: 75 % updates, 15 % inserts, 10 % deletes (the oldest first). Inserted keys rise, and
 * none is deleted. One thread calls it; {@link #inserted} may be read by another.
 */
public final class SteadyWriter implements Callable<Double> {
  private static final double NANOS_PER_SECOND = 1e9;

  private final PostgresDatabase database;
  private final int rows;
  private final int perSecond;
  private final int seconds;
  private final Random random = new Random(42);
  private final Queue<Inserted> inserted = new ConcurrentLinkedQueue<>();

  /**
   * @param rows that {@link Orders#create} has made; more than will be deleted
   */
  public SteadyWriter(PostgresDatabase database, int rows, int perSecond, int seconds) {
    this.database = database;
    this.rows = rows;
    this.perSecond = perSecond;
    this.seconds = seconds;
  }

  /**
   * An insert.
   *
   * @param beforeCommitNanos when it was sent to the source, by {@link System#nanoTime}
   */
  public record Inserted(long id, long beforeCommitNanos) {}

  /** The inserts in their order; whoever has dealt with one removes it. */
  public Queue<Inserted> inserted() {
    return inserted;
  }

  /**
   * Writes for the given time, and returns the transactions per second that were reached.
   *
   * @throws SQLException whatever the source refuses
   */
  @Override
  public Double call() throws SQLException {
    try (Connection connection = database.connect();
        PreparedStatement update =
            connection.prepareStatement(
                "update orders set status = 'state ' || quantity % 7, amount = amount + 1,"
                    + " quantity = quantity + 1, updated_at = clock_timestamp() where id = ?");
        PreparedStatement delete = connection.prepareStatement("delete from orders where id = ?");
        PreparedStatement insert =
            connection.prepareStatement(
                "insert into orders values (?, 1, 'new', 12.50, 'EUR', 1, 'a note on this order',"
                    + " clock_timestamp(), clock_timestamp())")) {
      long lastId = rows;
      int deleted = 0;
      long transactions = (long) perSecond * seconds;
      long start = System.nanoTime();
      for (long each = 0; each < transactions; each++) {
        pace(start, each);
        double draw = random.nextDouble();
        if (draw < 0.15) {
          lastId++;
          long before = System.nanoTime();
          execute(insert, lastId);
          inserted.add(new Inserted(lastId, before));
        } else if (draw < 0.25) {
          execute(delete, ++deleted);
        } else {
          execute(update, deleted + 1 + random.nextInt(rows - deleted));
        }
      }
      return transactions / ((System.nanoTime() - start) / NANOS_PER_SECOND);
    }
  }

  private void pace(long start, long transaction) {
    long due = start + (long) (transaction * (NANOS_PER_SECOND / perSecond));
    for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
      LockSupport.parkNanos(early);
    }
  }

  private static void execute(PreparedStatement statement, long id) throws SQLException {
    statement.setLong(1, id);
    statement.execute();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import io.lakehousecdc.testkit.PostgresDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A load generator that writes to a table {@code load(id int primary key, v text, n int)} until it
 * is stopped, with a few hundred statements per second: more would take the processors from the
 * parts under test.
 */
final class Load implements AutoCloseable {
  static final String TABLE = "create table load (id int primary key, v text, n int)";

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private final AtomicBoolean stopped = new AtomicBoolean();
  private final AtomicLong statements = new AtomicLong();
  private final Thread thread;
  private volatile SQLException failure;

  Load(PostgresDatabase database, long seed) {
    thread = new Thread(() -> run(database, new Random(seed)), "load");
    thread.start();
  }

  /** Statements executed so far. */
  long statements() {
    return statements.get();
  }

  /** Ends the load; every statement counted has been committed. */
  @Override
  public void close() {
    stopped.set(true);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      throw new IllegalStateException("The load failed", failure);
    }
  }

  private void run(PostgresDatabase database, Random random) {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      while (!stopped.get()) {
        int id = random.nextInt(2_000);
        int n = random.nextInt();
        statement.execute(
            switch (random.nextInt(10)) {
              case 0 -> "delete from load where id = " + id;
              case 1 ->
                  "update load set id = id + 10000 where id = "
                      + id
                      + " and not exists"
                      + " (select 1 from load where id = "
                      + (id + 10_000)
                      + ")";
              // Never written again: a change that was lost is seen in the end, whenever it was.
              case 2, 3 ->
                  "insert into load select greatest(100000, max(id) + 1), 'v"
                      + n
                      + "', "
                      + n
                      + " from load";
              default ->
                  "insert into load values ("
                      + id
                      + ", 'v"
                      + n
                      + "', "
                      + n
                      + ")"
                      + " on conflict (id) do update set v = excluded.v, n = excluded.n";
            });
        statements.incrementAndGet();
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    } catch (SQLException e) {
      failure = e;
    }
  }
}

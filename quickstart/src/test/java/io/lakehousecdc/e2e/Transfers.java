// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import io.lakehousecdc.testkit.PostgresDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Writers of transactions over three tables, each of which keeps these true: the balances of all
 * accounts are the sum of all entries, every entry has its account, and the one row of the last
 * transaction names it.
 */
final class Transfers implements AutoCloseable {
  static final String[] TABLES = {
    "create table account (id int primary key, balance bigint not null)",
    "create table entry (id bigint primary key, account_id int not null references account,"
        + " amount bigint not null, xid bigint not null)",
    "create table latest (id int primary key, xid bigint not null)",
    "create sequence entry_id",
    "create sequence account_id",
    "insert into latest values (1, 0)"
  };

  private static final int WRITERS = 2;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final AtomicBoolean stopped = new AtomicBoolean();
  private final AtomicLong transactions = new AtomicLong();
  private final List<Thread> threads = new ArrayList<>();
  private volatile SQLException failure;

  Transfers(PostgresDatabase database, long seed) {
    for (int i = 0; i < WRITERS; i++) {
      Random random = new Random(seed + i);
      Thread thread = new Thread(() -> run(database, random), "transfers-" + i);
      threads.add(thread);
      thread.start();
    }
  }

  /** Transactions committed so far. */
  long transactions() {
    return transactions.get();
  }

  @Override
  public void close() {
    stopped.set(true);
    for (Thread each : threads) {
      try {
        each.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    if (failure != null) {
      throw new IllegalStateException("A writer failed", failure);
    }
  }

  private void run(PostgresDatabase database, Random random) {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      while (!stopped.get()) {
        // Taken first, so that the writers do not wait for each other in a circle.
        statement.execute("select 1 from latest for update");
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
          change(statement, random);
        }
        statement.execute("update latest set xid = txid_current()");
        connection.commit();
        transactions.incrementAndGet();
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    } catch (SQLException e) {
      failure = e;
    }
  }

  private static void change(Statement statement, Random random) throws SQLException {
    int amount = random.nextInt(1_000) - 300;
    switch (random.nextInt(6)) {
      case 0 ->
          statement.execute(
              "with made as (insert into account values (nextval('account_id'), 0) returning id)"
                  + " select 1 from made");
      case 1 ->
          statement.execute(
              "with old as (select id from account order by id limit 1),"
                  + " gone as (delete from entry where account_id in (select id from old))"
                  + " select 1 from old");
      default ->
          statement.execute(
              "insert into entry select nextval('entry_id'), id, "
                  + amount
                  + ", txid_current() from account order by id desc limit "
                  + (1 + random.nextInt(6)));
    }
    statement.execute(
        "update account a set balance = s.amount from (select b.id, coalesce(sum(e.amount), 0) as"
            + " amount from account b left join entry e on e.account_id = b.id group by b.id) s"
            + " where s.id = a.id and a.balance <> s.amount");
    statement.execute(
        "delete from account a where (select count(*) from account) > 30 and id ="
            + " (select min(id) from account)"
            + " and not exists (select 1 from entry e where e.account_id = a.id)");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Tests of {@code transactions=atomic}: what every transaction of the source keeps true is true in
 * the warehouse at any moment, also while the worker, with the source and the sink, is killed.
 */
class WholeTransactionsIT {
  /** A worker that was killed takes its time on a busy machine. */
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final Scenario bank =
      new Scenario("bank", Transfers.TABLES)
          .set("provide.transaction.metadata", "true")
          .set("topic.creation.default.partitions", "3")
          .set("topic.creation.default.replication.factor", "1")
          .set("topic.creation.groups", "boundaries")
          .set("topic.creation.boundaries.include", ".*\\.transaction")
          .set("topic.creation.boundaries.partitions", "1")
          .set("topic.creation.boundaries.replication.factor", "1");
  private final PostgresWarehouse warehouse = PostgresWarehouse.create(bank.name);
  private final PostgresDatabase database = warehouse.database();
  private final Replica copy =
      new Replica(
          bank.name + "-atomic",
          warehouse,
          bank.name + "\\.(public\\.(account|entry|latest)|transaction)");

  @AfterEach
  void end() {
    copy.delete();
    bank.close();
  }

  @Test
  void noReaderEverSeesHalfOfATransaction() {
    // With the constraint, which a replica without whole transactions cannot keep.
    database.execute(
        "create table account (id int primary key, balance bigint not null)",
        "create table entry (id bigint primary key, account_id int not null references account,"
            + " amount bigint not null, xid bigint not null)");
    copy.settings.put("transactions", "atomic");
    copy.settings.put("flush.max.records", "200");
    bank.start();
    InvariantReader reader;
    try (Transfers transfers = new Transfers(bank.source, 1)) {
      awaitProgress(transfers, 50);
      copy.register();
      copy.awaitRunning();
      Await.until("the first transaction", () -> warehouse.has("_cdc_progress"));
      reader = new InvariantReader(database);
      awaitProgress(transfers, 200);
      Lab.stack().worker().kill9();
      awaitProgress(transfers, 50);
      Lab.stack().worker().restart();
      copy.awaitRunning();
      awaitStates(reader, 30);
      Lab.stack().worker().kill9();
      Lab.stack().worker().restart();
      copy.awaitRunning();
      awaitStates(reader, 30);
    }
    List.of("account", "entry", "latest")
        .forEach(table -> copy.awaitEqual(new SourceTable(bank.source, table)));
    Await.until(
        "the last transaction",
        () ->
            database
                .value("select transaction_id from _cdc_progress")
                .equals(database.value("select xid::text from latest")));
    reader.close();
    System.out.printf(
        "%d readings of %d states of the source%n", reader.readings(), reader.states());
    assertEquals(List.of(), reader.broken());
    assertTrue(reader.readings() > 100);
    assertFalse(copy.logged().contains("becomes visible in parts"));
    assertFalse(copy.logged().contains("is not complete"));
  }

  private static void awaitProgress(Transfers transfers, long more) {
    long goal = transfers.transactions() + more;
    Await.until(goal + " transactions", () -> transfers.transactions() >= goal);
  }

  /** Waits until the tables have shown some more states. */
  private static void awaitStates(InvariantReader reader, int more) {
    int goal = reader.states() + more;
    Await.until(goal + " states of the warehouse", PATIENCE, () -> reader.states() >= goal);
  }
}

package io.lakehousecdc.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.Stack;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What may happen to the parts while changes flow; afterwards source and warehouse are equal. */
class FaultsIT {
  private static final Stack STACK = Lab.stack();
  private static Scenario shop;
  private static Scenario log;

  @BeforeAll
  static void start() {
    shop = new Scenario("faults", Load.TABLE).start();
    log =
        new Scenario("faultslog", "create table entry (id serial primary key, v text)")
            .sink(settings -> settings.put("write.mode", "append"))
            .start();
  }

  @AfterAll
  static void end() {
    shop.close();
    log.close();
  }

  @Test
  void case7AKilledWorkerLosesAndDoublesNothing() {
    try (Load load = new Load(shop.source, 1)) {
      insertEntries(1_000);
      awaitProgress(load, 500);
      STACK.worker().kill9();
      insertEntries(1_000);
      awaitProgress(load, 500);
      STACK.worker().restart();
      shop.connect().awaitRunning(shop.sinkName());
      log.connect().awaitRunning(log.sinkName());
    }
    shop.awaitEqual("load");
    assertLogIsExact();
  }

  @Test
  void case34CutSessionsOfTheTargetAreSurvived() {
    try (Load load = new Load(shop.source, 2)) {
      for (int i = 0; i < 3; i++) {
        awaitProgress(load, 300);
        insertEntries(200);
        shop.warehouse.terminateSessions();
        log.warehouse.terminateSessions();
      }
    }
    shop.awaitEqual("load");
    assertLogIsExact();
  }

  @Test
  void case34ARestartedTargetIsWaitedFor() {
    try (Load load = new Load(shop.source, 3)) {
      awaitProgress(load, 300);
      STACK.target().kill9();
      insertEntries(200);
      awaitProgress(load, 300);
      STACK.target().restart();
    }
    shop.awaitEqual("load");
    assertLogIsExact();
  }

  @Test
  void aWarehouseRestoredFromABackupCatchesUp() {
    try (Load load = new Load(shop.source, 4)) {
      awaitProgress(load, 300);
    }
    shop.awaitEqual("load");
    shop.connect().stop(shop.sinkName());
    shop.warehouse.execute(
        "create table backup_load as table load",
        "create table backup_offsets as table _cdc_offsets");
    shop.connect().resume(shop.sinkName());
    try (Load load = new Load(shop.source, 5)) {
      awaitProgress(load, 300);
    }
    shop.awaitEqual("load");
    shop.connect().stop(shop.sinkName());
    shop.warehouse.execute(
        "begin; truncate load, _cdc_offsets; insert into load select * from backup_load;"
            + " insert into _cdc_offsets select * from backup_offsets; commit");
    shop.connect().resume(shop.sinkName());
    shop.awaitEqual("load");
  }

  @Test
  void case21ASecondOwnerOfThePartitionsDoesNoHarm() {
    try (Load load = new Load(shop.source, 6)) {
      awaitProgress(load, 300);
      // The same connector name means the same offsets in the target; another consumer group means
      // that both read every partition.
      Map<String, String> zombie = new HashMap<>(shop.sinkSettings);
      zombie.put("name", shop.sinkName());
      zombie.put("consumer.override.group.id", "zombie");
      try (OtherCluster other = new OtherCluster()) {
        other.connect().register(shop.sinkName(), zombie);
        Await.until(
            "both owners have worked",
            () ->
                STACK.worker().logs().contains("Reading the committed state again")
                    || other.logs().contains("Reading the committed state again"));
        awaitProgress(load, 300);
      }
      shop.connect().restart(shop.sinkName());
      shop.connect().awaitRunning(shop.sinkName());
    }
    shop.awaitEqual("load");
  }

  private static void insertEntries(int count) {
    log.source.execute("insert into entry (v) select 'e' from generate_series(1, " + count + ")");
  }

  private static void assertLogIsExact() {
    long expected = log.source.number("select count(*) from entry");
    Await.until(
        expected + " entries",
        () -> log.warehouse.number("select count(distinct id) from entry") == expected);
    assertEquals(
        List.of(),
        log.stored(
            "select id, array_agg(_cdc_op || ':' || _cdc_commit_lsn || ':' || _cdc_lsn) from entry"
                + " group by id having count(*) > 1 order by id limit 5"));
  }

  private static void awaitProgress(Load load, long statements) {
    long goal = load.statements() + statements;
    Await.until(goal + " statements", () -> load.statements() >= goal);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.PostgresDatabase;
import io.lakehousecdc.testkit.Stack;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Tests of faults of each part while changes are written; afterwards the source and its copies in
 * all targets are equal.
 */
class FaultsIT {
  private static final Stack STACK = Lab.stack();
  private static Scenario shop;
  private static Replicas copies;
  private static Replicas log;

  @BeforeAll
  static void start() {
    shop =
        new Scenario(
            "faults",
            Load.TABLE,
            "create table entry (id serial primary key, v text)",
            "create table refused (id int primary key, v text)");
    copies = shop.replicas("copies");
    log = shop.replicas("log", shop.name + "\\.public\\.entry").set("write.mode", "append");
    shop.start();
  }

  @AfterAll
  static void end() {
    shop.close();
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
      copies.all().forEach(Replica::awaitRunning);
      log.all().forEach(Replica::awaitRunning);
    }
    assertAllIsExact();
  }

  @Test
  void case21ASecondOwnerOfThePartitionsDoesNoHarm() {
    try (OtherCluster other = new OtherCluster();
        Load load = new Load(shop.source, 6)) {
      awaitProgress(load, 300);
      // The same connector name means the same offsets in the target; another consumer group means
      // that both read every partition.
      for (Replica replica : copies.all()) {
        Map<String, String> zombie = new HashMap<>(replica.settings);
        zombie.put("name", replica.sinkName());
        zombie.put("consumer.override.group.id", "zombie-" + replica.sinkName());
        other.connect().register(replica.sinkName(), zombie);
      }
      copies.each(
          "both owners have worked",
          replica ->
              Await.until(
                  "one owner has met the other",
                  () ->
                      Stream.of(STACK.worker().logs(), other.logs())
                          .flatMap(String::lines)
                          .anyMatch(
                              line ->
                                  line.contains("-" + replica.sinkName() + "-")
                                      && line.contains("Reading the committed state again"))));
      awaitProgress(load, 300);
    }
    copies.all().forEach(replica -> Scenario.connect().restart(replica.sinkName()));
    copies.all().forEach(Replica::awaitRunning);
    copies.awaitEqual("load");
  }

  @Test
  void case34CutSessionsOfTheTargetAreSurvived() {
    try (Load load = new Load(shop.source, 2)) {
      for (int i = 0; i < 3; i++) {
        awaitProgress(load, 300);
        insertEntries(200);
        copies.postgres().terminateSessions();
        log.postgres().terminateSessions();
      }
    }
    assertAllIsExact();
  }

  @Test
  void case34ARestartedTargetIsWaitedFor() throws IOException {
    try (Load load = new Load(shop.source, 3)) {
      awaitProgress(load, 300);
      STACK.target().kill9();
      Storage storage = Storage.of(copies.inDelta());
      storage.takeAway();
      insertEntries(200);
      awaitProgress(load, 300);
      copies.inDelta().awaitLogged("The target failed, trying again");
      copies.inPostgres().awaitLogged("The target failed, trying again");
      STACK.target().restart();
      storage.bringBack();
    }
    assertAllIsExact();
  }

  @Test
  void case34ErrorsOfTheServerThatPassAreSurvived() {
    List<String> passing = List.of("40P01", "40001", "53100", "57014", "53300");
    PostgresDatabase warehouse = copies.postgres();
    shop.source.execute("insert into refused values (0, 'before')");
    copies.awaitEqual("refused");
    warehouse.execute(
        "create sequence attempts",
        "create function refuse() returns trigger language plpgsql as $$"
            + " declare states text[] := '{"
            + String.join(",", passing)
            + "}'; attempt int := nextval('attempts');"
            + " begin if attempt <= cardinality(states) then"
            + " raise exception 'injected' using errcode = states[attempt]; end if;"
            + " return null; end $$",
        "create trigger refuse before insert or update on refused"
            + " for each statement execute function refuse()");
    shop.source.execute("insert into refused values (1, 'after')");
    copies.awaitEqual("refused");
    assertEquals(
        0L,
        warehouse.number("select greatest(0, " + passing.size() + " - last_value) from attempts"));
  }

  @Test
  void aWarehouseRestoredFromABackupCatchesUp() throws IOException {
    try (Load load = new Load(shop.source, 4)) {
      awaitProgress(load, 300);
    }
    copies.awaitEqual("load");
    copies.all().forEach(replica -> Scenario.connect().stop(replica.sinkName()));
    PostgresDatabase warehouse = copies.postgres();
    warehouse.execute(
        "create table backup_load as table load",
        "create table backup_offsets as table _cdc_offsets");
    Storage storage = Storage.of(copies.inDelta());
    storage.backUp();
    copies.all().forEach(replica -> Scenario.connect().resume(replica.sinkName()));
    try (Load load = new Load(shop.source, 5)) {
      awaitProgress(load, 300);
    }
    copies.awaitEqual("load");
    copies.all().forEach(replica -> Scenario.connect().stop(replica.sinkName()));
    warehouse.execute(
        "begin; truncate load, _cdc_offsets; insert into load select * from backup_load;"
            + " insert into _cdc_offsets select * from backup_offsets; commit");
    storage.restore();
    copies.all().forEach(replica -> Scenario.connect().resume(replica.sinkName()));
    copies.awaitEqual("load");
  }

  private static void insertEntries(int count) {
    shop.source.execute("insert into entry (v) select 'e' from generate_series(1, " + count + ")");
  }

  /** The upsert table equals the source, and the append table has every change once. */
  private static void assertAllIsExact() {
    copies.awaitEqual("load", "entry");
    log.awaitEqual("entry");
  }

  private static void awaitProgress(Load load, long statements) {
    long goal = load.statements() + statements;
    Await.until(goal + " statements", () -> load.statements() >= goal);
  }
}

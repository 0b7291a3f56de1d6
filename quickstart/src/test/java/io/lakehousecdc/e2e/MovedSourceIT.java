// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.PostgresDatabase;
import io.lakehousecdc.testkit.PostgresServer;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Test of a source that moves to a cluster with lower LSNs, on the whole stack, all targets. */
class MovedSourceIT {
  private static final String FIRST_EPOCH = "0";
  private static final String SECOND_EPOCH = "1";

  @Test
  void case20And37ChangesOfAClusterWithLowerLsnsBeginANewEpoch() {
    try (PostgresServer newCluster = PostgresServer.builder().name("moved").start();
        Scenario shop =
            new Scenario(
                "moved",
                "create table case20 (id int primary key, v text)",
                "create table case37 (id int primary key, v text)",
                "insert into case20 select g, 'old' from generate_series(1, 10) g",
                "insert into case37 select g, 'old' from generate_series(1, 10) g")) {
      Replicas copies = shop.replicas("copies").set("snapshot.sweep", "true");
      shop.start();
      // Each switch advances the LSN by a segment: far above that of any new cluster.
      for (int i = 0; i < 8; i++) {
        shop.source.execute(
            "update case20 set v = 'segment " + i + "'",
            "update case37 set v = 'segment " + i + "'",
            "select pg_switch_wal()");
      }
      shop.source.execute("delete from case20 where id = 10");
      copies.awaitEqual("case20", "case37");
      copies.awaitRows(
          "case20", List.of("_cdc_epoch"), Collections.nCopies(9, List.of(FIRST_EPOCH)));

      PostgresDatabase moved = newCluster.createDatabase("moved");
      moved.execute(
          "create table case20 (id int primary key, v text)",
          "create table case37 (id int primary key, v text)",
          "insert into case20 select g, 'segment 7' from generate_series(1, 9) g",
          "insert into case37 select g, 'moved' from generate_series(1, 8) g");
      shop.deleteSource(shop.sourceName());
      // case20: only the stream continues; case37: a snapshot comes first, into the same topics.
      // One
      // after the other, because the metrics of connectors of one topic prefix have one name.
      String streaming = registerOn(shop, moved, "case20", "no_data");
      moved.execute(
          "update case20 set v = 'new' where id <= 5",
          "delete from case20 where id = 6",
          "insert into case20 values (11, 'new')");
      awaitNewEpoch(copies, new SourceTable(moved, "case20"));
      shop.deleteSource(streaming);
      registerOn(shop, moved, "case37", "initial");
      moved.execute(
          "update case37 set v = 'new' where id <= 3", "insert into case37 values (12, 'new')");
      awaitNewEpoch(copies, new SourceTable(moved, "case37"));
      copies.each(
          "epochs of case20",
          replica ->
              replica.awaitRows(
                  "case20",
                  List.of("id", "_cdc_epoch"),
                  new SourceTable(moved, "case20")
                      .rows(List.of("id", "v")).stream()
                          .map(
                              row ->
                                  List.of(
                                      row.get(0),
                                      row.get(1).equals("new") ? SECOND_EPOCH : FIRST_EPOCH))
                          .toList()));
    }
  }

  private static void awaitNewEpoch(Replicas copies, SourceTable expected) {
    copies.each("table " + expected.name(), replica -> replica.awaitEqual(expected));
    copies.each(
        "log",
        replica -> replica.awaitLogged(expected.name(), "LSNs have started over", "Epoch 1"));
  }

  /** Returns the connector's name. */
  private static String registerOn(
      Scenario shop, PostgresDatabase database, String table, String snapshotMode) {
    String connector = shop.sourceName() + "-" + table;
    shop.set("database.hostname", database.host())
        .set("database.port", "" + database.port())
        .set("database.dbname", database.name())
        .set("table.include.list", "public." + table)
        .set("slot.name", table)
        .set("publication.name", table)
        .set("snapshot.mode", snapshotMode);
    shop.registerSource(connector);
    Await.until(
        "the stream of " + table,
        () ->
            database.number(
                    "select count(*) from pg_replication_slots where active and slot_name = '"
                        + table
                        + "'")
                == 1);
    return connector;
  }
}

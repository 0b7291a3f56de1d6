// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

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
      shop.advanceLsns();
      shop.source.execute(
          "update case20 set v = 'latest'",
          "update case37 set v = 'latest'",
          "delete from case20 where id = 10");
      copies.awaitEqual("case20", "case37");
      copies.awaitRows(
          "case20", List.of("_cdc_epoch"), Collections.nCopies(9, List.of(FIRST_EPOCH)));

      PostgresDatabase moved = newCluster.createDatabase(shop.source.name());
      moved.execute(
          "create table case20 (id int primary key, v text)",
          "create table case37 (id int primary key, v text)",
          "insert into case20 select g, 'latest' from generate_series(1, 9) g",
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
      copies.awaitEqual(moved, "case20");
      copies.each(
          "log", replica -> replica.awaitLogged("case20", "LSNs have started over", "epoch 1"));
      shop.deleteSource(streaming);
      registerOn(shop, moved, "case37", "initial");
      moved.execute(
          "update case37 set v = 'new' where id <= 3", "insert into case37 values (12, 'new')");
      // The partition is told of the new history: it has nothing to find out by itself.
      copies.awaitEqual(moved, "case37");
      copies.awaitRows(
          "case37", List.of("_cdc_epoch"), Collections.nCopies(9, List.of(SECOND_EPOCH)));
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

  /** Returns the connector's name. */
  private static String registerOn(
      Scenario shop, PostgresDatabase database, String table, String snapshotMode) {
    String connector = shop.sourceName() + "-" + table;
    shop.readFrom(database, table)
        .set("table.include.list", "public." + table)
        .set("snapshot.mode", snapshotMode);
    shop.registerSource(connector);
    Scenario.awaitStreaming(database, table);
    return connector;
  }
}

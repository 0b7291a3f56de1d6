// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Tests of two sources that feed the same tables, on the whole stack and in all targets: one that
 * replaces the other, and shards.
 */
class TwoSourcesIT {
  private static final String STOCK = "create table stock (id int primary key, v text)";
  private static final String SALE = "create table sale (id int primary key, v text)";
  private static final List<String> ROW = List.of("id", "v");

  @Test
  void case41ASourceThatReplacesAnotherWinsOverItsRows() {
    try (Scenario blue =
        new Scenario(
            "blue",
            STOCK,
            SALE,
            "insert into stock select g, 'blue' from generate_series(1, 30) g",
            "insert into sale select g, 'blue' from generate_series(1, 30) g")) {
      Replicas copies = successors(blue, "copies");
      blue.start();
      blue.advanceLsns();
      blue.source.execute("update stock set v = 'bluer' where id <= 20");
      copies.awaitEqual("stock", "sale");
      try (SecondSource green = new SecondSource(blue, STOCK, SALE)) {
        green.replicate();
        green.switchOver("stock", "sale");
        blue.source.execute(
            "insert into stock values (100, 'only blue had it')",
            "update stock set v = 'lost at the switch-over' where id = 2",
            "insert into sale values (100, 'only blue had it')");
        copies.awaitEqual("stock", "sale");

        // The snapshot replaces all of blue's rows, and sweeps those that green has not.
        green.database().execute("update stock set v = 'before the snapshot' where id = 3");
        green.register();
        copies.awaitEqual(green.database(), "stock", "sale");
        green
            .database()
            .execute(
                "update stock set v = 'green' where id % 3 = 0",
                "delete from stock where id % 5 = 0",
                "update stock set id = id + 1000 where id % 7 = 0",
                "insert into stock values (10, 'again'), (101, 'new')",
                "update sale set v = 'green' where id = 1");
        copies.awaitEqual(green.database(), "stock", "sale");
        green.database().execute("truncate sale");
        copies.awaitEqual(green.database(), "stock", "sale");
        green.database().execute("insert into sale values (1, 'first'), (2, 'second')");
        copies.awaitEqual(green.database(), "stock", "sale");

        // A sink that is new reads the backlogs of both sources in any order.
        Replicas late = successors(blue, "late").set("tasks.max", "2");
        late.start();
        late.awaitEqual(green.database(), "stock", "sale");
        Stream.of(copies, late).forEach(Replicas::assertUndisturbed);
      }
    }
  }

  @Test
  void case41ATruncateStopsWhereItIsNotToldWhetherASourceReplacesAnother() {
    try (Scenario blue =
        new Scenario(
            "parallel",
            Load.TABLE,
            "insert into load select g, 'blue', g from generate_series(1, 2000) g")) {
      Replicas copies = blue.replicas("copies", bothSides(blue)).withQueues();
      blue.start();
      blue.advanceLsns();
      try (SecondSource green = new SecondSource(blue, Load.TABLE)) {
        green.replicate();
        try (Load load = new Load(blue.source, 1)) {
          awaitStatements(load, 300);
          green.register();
          // Both sources emit each change now: blue at once, green as it is replicated.
          awaitStatements(load, 300);
        }
        green.switchOver("load");
        try (Load load = new Load(green.database(), 2)) {
          awaitStatements(load, 300);
        }
        copies.awaitEqual(green.database(), "load");
        copies.assertUndisturbed();

        SourceTable table = new SourceTable(green.database(), "load");
        List<List<String>> rows = table.rows(table.columns());
        green
            .database()
            .execute("truncate load", "insert into load values (1, 'after the truncate', 1)");
        copies.each(
            "refusal",
            replica -> {
              String trace = Scenario.connect().awaitFailed(replica.sinkName());
              assertTrue(trace.contains("source.relation"), trace);
              assertTrue(trace.contains("public.load"), trace);
              assertTrue(trace.contains(green.name()), trace);
              replica.assertRows("load", table.columns(), rows);
            });

        copies.set("source.relation", "successors");
        copies.all().forEach(Replica::configure);
        copies.awaitEqual(green.database(), "load");
        copies.assertNoneRejected();
      }
    }
  }

  @Test
  void case44ShardsInOneTopicDoNotDisturbEachOther() {
    try (Scenario shop =
        new Scenario(
            "shards", STOCK, "insert into stock select g, 'first' from generate_series(1, 10) g")) {
      shop.set("transforms", "route")
          .set("transforms.route.type", "io.debezium.transforms.ByLogicalTableRouter")
          .set("transforms.route.topic.regex", ".*\\.public\\.(.*)")
          .set("transforms.route.topic.replacement", shop.name + ".shards.$1")
          .set("transforms.route.key.enforce.uniqueness", "false");
      String topics = shop.name + "\\.shards\\..*";
      Replicas copies =
          shop.replicas("copies", topics)
              .set("source.relation", "shards")
              .set("snapshot.sweep", "true")
              .withQueues();
      Replicas log = shop.replicas("log", topics).set("write.mode", "append").withQueues();
      shop.start();
      shop.advanceLsns();
      List<List<String>> changes = new ArrayList<>();
      for (int id = 1; id <= 10; id++) {
        changes.add(List.of("" + id, "first"));
        changes.add(List.of("" + (100 + id), "second"));
      }
      try (SecondSource other =
          new SecondSource(
              shop,
              STOCK,
              "insert into stock select g, 'second' from generate_series(101, 110) g")) {
        shop.source.execute("update stock set v = 'advanced'");
        changes.addAll(rows(shop.source));
        copies.awaitEqual("stock");
        other.register();
        copies.awaitRows("stock", ROW, rows(shop.source, other.database()));
        for (int i = 1; i <= 20; i++) {
          String change = "insert into stock values (%d, 'more')";
          shop.source.execute(change.formatted(10 + i));
          other.database().execute(change.formatted(110 + i));
          changes.add(List.of("" + (10 + i), "more"));
          changes.add(List.of("" + (110 + i), "more"));
        }
        copies.awaitRows("stock", ROW, rows(shop.source, other.database()));
        other.database().execute("truncate stock", "insert into stock values (101, 'again')");
        shop.source.execute("insert into stock values (99, 'after the other''s truncate')");
        // A log has a row for the truncate.
        changes.add(Arrays.asList(null, null));
        changes.add(List.of("101", "again"));
        changes.add(List.of("99", "after the other's truncate"));
        copies.awaitRows("stock", ROW, rows(shop.source, other.database()));
        log.awaitRows("stock", ROW, changes);
        Stream.of(copies, log).forEach(Replicas::assertUndisturbed);
      }
    }
  }

  /** Copies of the tables of both sides, of which green replaces blue. */
  private static Replicas successors(Scenario blue, String what) {
    return blue.replicas(what, bothSides(blue))
        .set("source.relation", "successors")
        .set("snapshot.sweep", "true")
        .withQueues();
  }

  private static String bothSides(Scenario blue) {
    return blue.name + "(_second)?\\.public\\..*";
  }

  private static void awaitStatements(Load load, long more) {
    long goal = load.statements() + more;
    Await.until(goal + " statements", () -> load.statements() >= goal);
  }

  private static List<List<String>> rows(PostgresDatabase... sources) {
    return Stream.of(sources)
        .flatMap(source -> new SourceTable(source, "stock").rows(ROW).stream())
        .toList();
  }
}

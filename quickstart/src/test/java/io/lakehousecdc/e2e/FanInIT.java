// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Tests of several tables of one source that are written to one table, on the whole stack and in
 * all targets.
 */
class FanInIT {
  private static final List<String> ROW = List.of("id", "v");

  @Test
  void truncateOfOneOfSeveralTablesStopsTheTaskAndLeavesTheRowsOfAll() {
    try (Scenario shop =
        new Scenario(
            "fanin",
            "create table stock_a (id int primary key, v text)",
            "create table stock_b (id int primary key, v text)",
            "insert into stock_a select g, 'a' from generate_series(1, 10) g",
            "insert into stock_b select g, 'b' from generate_series(11, 20) g")) {
      Replicas copies =
          shop.replicas("copies")
              .set("table.name.map", "public.stock_a:public.stock,public.stock_b:public.stock");
      shop.start();
      List<List<String>> all = rows(shop);
      copies.awaitRows("stock", ROW, all);
      shop.source.execute("truncate stock_a", "insert into stock_a values (1, 'again')");
      copies.each(
          "refusal",
          replica -> {
            String trace = Scenario.connect().awaitFailed(replica.sinkName());
            Stream.of("truncate.mode", "public.stock_a", "public.stock_b")
                .forEach(part -> assertTrue(trace.contains(part), trace));
            replica.assertRows("stock", ROW, all);
          });

      copies.set("truncate.mode", "ignore");
      copies.all().forEach(Replica::configure);
      List<List<String>> kept = new ArrayList<>(all);
      kept.removeIf(row -> row.get(0).equals("1"));
      kept.add(List.of("1", "again"));
      copies.awaitRows("stock", ROW, kept);
    }
  }

  private static List<List<String>> rows(Scenario shop) {
    return Stream.of("stock_a", "stock_b")
        .flatMap(table -> new SourceTable(shop.source, table).rows(ROW).stream())
        .toList();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.sink.change.TableId;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class TableOrderTest {

  @Test
  void parentsComeFirstElseByName() {
    assertEquals(
        List.of("b", "d", "a", "c"),
        order(table("c", 3), table("a", 1, 4), table("d", 4, 2, 99), table("b", 2)));
  }

  @Test
  void circlesAndSelfReferencesEnd() {
    assertEquals(List.of("b", "a"), order(table("a", 1, 2, 1), table("b", 2, 1)));
  }

  private static List<String> order(PgTable... tables) {
    return TableOrder.parentsFirst(List.of(tables), Function.identity()).stream()
        .map(table -> table.id().name())
        .toList();
  }

  private static PgTable table(String name, int oid, Integer... parents) {
    return new PgTable(
        new TableId("s", name), oid, List.of(), List.of(), Set.of(parents), false, false, false);
  }
}

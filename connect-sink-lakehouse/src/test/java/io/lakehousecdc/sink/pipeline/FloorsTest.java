// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lakehousecdc.order.EpochPolicy;
import io.lakehousecdc.order.HistoryBook;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.SourceRelation;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import org.junit.jupiter.api.Test;

class FloorsTest {
  private static final TableId TABLE = new TableId("public", "item");
  private static final Position SNAPSHOT = new Position(0, 100, 0);

  private final HistoryBook book = new HistoryBook(EpochPolicy.AUTOMATIC);
  private final Floors floors = new Floors(SourceRelation.AUTO, book);

  @Test
  void sweepIsRefusedWhereSeveralTablesOfTheSourceFeedTheTable() {
    book.feeds(SourceId.UNKNOWN, TABLE.toString(), "public.a");
    assertEquals(SNAPSHOT, floors.sweep(TABLE, SNAPSHOT, 0).at());
    book.feeds(SourceId.UNKNOWN, TABLE.toString(), "public.b");
    FatalException refused =
        assertThrows(FatalException.class, () -> floors.sweep(TABLE, SNAPSHOT, 0));
    assertTrue(refused.getMessage().contains("[public.a, public.b]"), refused.getMessage());
    assertTrue(refused.getMessage().contains("snapshot.sweep to false"), refused.getMessage());
    // What is only counted removes nothing.
    assertEquals(SNAPSHOT, floors.report(SNAPSHOT).at());
  }
}

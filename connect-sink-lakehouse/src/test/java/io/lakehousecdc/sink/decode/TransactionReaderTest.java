// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.sink.change.TransactionInfo.Begin;
import io.lakehousecdc.sink.change.TransactionInfo.End;
import io.lakehousecdc.sink.change.TransactionInfo.Part;
import io.lakehousecdc.testkit.DebeziumEvent;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import io.lakehousecdc.testkit.TableEvent;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

class TransactionReaderTest {
  private static final DebeziumTable ITEMS =
      DebeziumRecords.table("public", "items").key("id", Schema.INT64_SCHEMA);

  private final TransactionReader reader = new TransactionReader();

  @Test
  void aChangeTellsItsTransactionItsTableAndItsNumber() {
    TableEvent change = ITEMS.create(10, 20, 1L).txId(77).tsMs(5_000).transaction(9, 3);
    assertEquals(
        Optional.of(new Part("src", "77", 5_000, "public.items", 3)), reader.part(change.at(0, 0)));
    assertEquals(
        Optional.of(new Part("src", "77", 5_000, "public.items", 3)),
        reader.part(change.schemaless().at(0, 0)));
  }

  @Test
  void rowsOfSnapshotsMessagesAndTombstonesTellNone() {
    assertEquals(Optional.empty(), reader.part(ITEMS.snapshot(10, 1L).at(0, 0)));
    assertEquals(Optional.empty(), reader.part(ITEMS.tombstone(1L).at(0, 0)));
    assertEquals(
        Optional.empty(),
        reader.part(delivered(DebeziumRecords.message("src", 10, 20, "prefix", new byte[1]))));
  }

  @Test
  void boundariesTellTheSourceByTheirTopic() {
    assertEquals(
        Optional.of(new Begin("my.src", "77", 5_000)),
        reader.boundary(delivered(DebeziumRecords.begin("my.src", "77:20", 5_000))));
    assertEquals(
        Optional.of(new End("my.src", "77", 5_000, 30, Map.of("public.items", 2L))),
        reader.boundary(
            delivered(DebeziumRecords.end("my.src", "77:30", 5_000, Map.of("public.items", 2L)))));
  }

  @Test
  void otherRecordsAreNoBoundaries() {
    assertEquals(
        Optional.empty(), reader.boundary(delivered(DebeziumRecords.heartbeat("src", 5_000))));
  }

  private static SinkRecord delivered(DebeziumEvent event) {
    return event.deliveredAt(event.topic(), 0, 0).orElseThrow();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourcePosition.Snapshot;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.testkit.RecordedEvents;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

/** Every line of the recording around an incremental snapshot (case 17). */
class RecordedPlainTest {
  private static final TableId PLAIN = new TableId("public", "plain");
  private final Decoding decoding = Decoding.withDefaults();
  private final List<SinkRecord> records = RecordedEvents.read(RecordedEvents.PLAIN);

  @Test
  void streamedRowsAndIncrementalReadsHaveTheirPositions() {
    assertEquals(8, records.size());
    assertRow(0, Operation.CREATE, 1, "s", streamed(284207888, 284226840, 1795232230556445L));
    assertRow(1, Operation.CREATE, 2, "s", streamed(284207888, 284227064, 1795232230556445L));
    assertRow(2, Operation.CREATE, 3, "s", streamed(284207888, 284227192, 1795232230556445L));
    assertRow(3, Operation.UPDATE, 1, "u", streamed(284227368, 284227368, 1795232232588105L));
    assertRow(4, Operation.READ, 1, "u", incremental(1795232232638700L));
    assertRow(5, Operation.READ, 2, "s", incremental(1795232232639767L));
    assertRow(6, Operation.READ, 3, "s", incremental(1795232232640002L));
    assertRow(7, Operation.UPDATE, 2, "w", streamed(284229432, 284229432, 1795232237619785L));
  }

  private void assertRow(
      int line, Operation operation, int id, String value, SourcePosition expected) {
    RowEvent row = decoding.row(records.get(line));
    assertEquals(PLAIN, row.table());
    assertEquals(operation, row.operation());
    assertEquals(RowKey.of(id), row.key());
    assertEquals(List.of(id, value), Arrays.asList(row.after()));
    assertEquals(expected, row.sourcePosition());
  }

  private static SourcePosition streamed(long commitLsn, long lsn, long micros) {
    return new SourcePosition(RecordedItemTest.SOURCE, commitLsn, lsn, Snapshot.NO, micros);
  }

  private static SourcePosition incremental(long micros) {
    return new SourcePosition(
        RecordedItemTest.SOURCE, 284228128, 284228128, Snapshot.INCREMENTAL, micros);
  }
}

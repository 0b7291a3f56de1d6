// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.delta.domain.CommitHook.CommitExtras;
import io.lakehousecdc.sink.delta.table.DeltaTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The table of rejected records, keyed by their place in Kafka. */
final class DeadLetterTable {
  private static final RowSchema SCHEMA =
      new RowSchema(
          List.of(
              new Column("topic", Primitive.TEXT, false),
              new Column("partition", Primitive.INT32, false),
              new Column("offset", Primitive.INT64, false),
              new Column("key", Primitive.TEXT, true),
              new Column("value", Primitive.TEXT, true),
              new Column("op", Primitive.TEXT, true),
              new Column("error_class", Primitive.TEXT, true),
              new Column("error_message", Primitive.TEXT, true),
              new Column("created_at", Primitive.TIMESTAMPTZ, true),
              new Column("retries", Primitive.INT32, true)),
          List.of(0, 1, 2));

  private final DeltaTable table;

  DeadLetterTable(DeltaTable table) {
    this.table = table;
  }

  /** Writes the letters; one at the same place as a stored one takes its place. */
  void write(List<DeadLetter> letters) {
    Map<RowKey, RowChange> rows = new LinkedHashMap<>();
    for (DeadLetter letter : letters) {
      Object[] cells = {
        letter.recordOffset().partition().topic(),
        letter.recordOffset().partition().partition(),
        letter.recordOffset().offset(),
        letter.key(),
        letter.value(),
        letter.operation(),
        letter.errorClass(),
        letter.errorMessage(),
        letter.createdAtMillis() * 1_000,
        letter.retries()
      };
      RowKey key = RowKey.of(cells[0], cells[1], cells[2]);
      ChangeInfo info =
          new ChangeInfo(Operation.CREATE, Position.LOWEST, letter.createdAtMillis() * 1_000);
      rows.put(key, new RowChange.Upsert(key, cells, info));
    }
    table.commit(
        new TableBatch(table.id(), SCHEMA, List.copyOf(rows.values()), List.of(), Optional.empty()),
        Histories.NONE,
        domains -> Optional.of(CommitExtras.of(Map.of())));
  }
}

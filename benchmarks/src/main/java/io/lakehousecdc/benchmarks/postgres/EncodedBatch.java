// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.postgres;

import io.lakehousecdc.testkit.PostgresDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * A batch of events, merged to the last per key and encoded by PostgreSQL itself.
 *
 * @param rows upserted rows in key order, as COPY BINARY takes them for the columns of {@code
 *     orders}
 * @param deleted keys of deleted rows
 */
record EncodedBatch(byte[] rows, List<Long> deleted) {

  /** Encodes events of the orders' topic, cut into batches of this size. */
  static List<EncodedBatch> of(PostgresDatabase database, List<SinkRecord> events, int size)
      throws SQLException, IOException {
    List<EncodedBatch> batches = new ArrayList<>();
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("create temporary table plain (like orders)");
      for (int from = 0; from < events.size(); from += size) {
        batches.add(
            encoded(connection, events.subList(from, Math.min(events.size(), from + size))));
        statement.execute("truncate plain");
      }
    }
    return batches;
  }

  private static EncodedBatch encoded(Connection connection, List<SinkRecord> events)
      throws SQLException, IOException {
    Map<Long, Struct> last = new LinkedHashMap<>();
    for (SinkRecord event : events) {
      if (event.value() != null) {
        last.put(
            ((Struct) event.key()).getInt64("id"), ((Struct) event.value()).getStruct("after"));
      }
    }
    StringBuilder text = new StringBuilder();
    List<Long> deleted = new ArrayList<>();
    last.forEach(
        (id, row) -> {
          if (row == null) {
            deleted.add(id);
          } else {
            appendRow(row, text);
          }
        });
    CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
    copy.copyIn(
        "copy plain (id, customer_id, status, amount, currency, quantity, note, created_at,"
            + " updated_at) from stdin",
        new java.io.StringReader(text.toString()));
    fillMetadata(connection);
    ByteArrayOutputStream rows = new ByteArrayOutputStream();
    copy.copyOut("copy (select * from plain order by id) to stdout (format binary)", rows);
    return new EncodedBatch(rows.toByteArray(), List.copyOf(deleted));
  }

  /** The test data holds no character that COPY's text format would have to escape. */
  private static void appendRow(Struct row, StringBuilder text) {
    String separator = "";
    for (Field field : row.schema().fields()) {
      Object value = row.getWithoutDefault(field.name());
      text.append(separator).append(value == null ? "\\N" : value.toString());
      separator = "\t";
    }
    text.append('\n');
  }

  /** Fills the sink's metadata columns with values of the same width. */
  private static void fillMetadata(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          """
          update plain set _cdc_op = 'u', _cdc_ts = now(), _cdc_lsn = 1, _cdc_commit_lsn = 1,
            _cdc_epoch = 0""");
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import static io.lakehousecdc.sink.postgres.catalog.Identifiers.literal;
import static io.lakehousecdc.sink.postgres.catalog.Identifiers.qualified;
import static io.lakehousecdc.sink.postgres.catalog.Identifiers.quote;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.tools.reconcile.Outcome.Difference;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.StringJoiner;
import java.util.UUID;

/**
 * Signals by which Debezium reads some rows again, and sends them among its changes: ad-hoc
 * incremental snapshots with a condition.
 *
 * @see <a
 *     href="https://debezium.io/documentation/reference/3.4/configuration/signalling.html#debezium-signaling-ad-hoc-incremental-snapshots">Debezium:
 *     ad hoc incremental snapshots</a>
 */
final class SnapshotSignals {
  /** Keys in the condition of one signal. */
  private static final int KEYS = 200;

  private final Connection connection;
  private final TableId table;

  /**
   * @param signalTable the source connector's {@code signal.data.collection}, without a database
   */
  SnapshotSignals(Connection connection, String signalTable) {
    int dot = signalTable.lastIndexOf('.');
    this.connection = connection;
    this.table =
        new TableId(
            dot < 0 ? "public" : signalTable.substring(0, dot), signalTable.substring(dot + 1));
  }

  /** Asks for rows; returns how many signals that took. */
  int send(TablePair pair, List<Difference> rows) throws SQLException {
    int signals = 0;
    String sql = "INSERT INTO " + qualified(table) + " VALUES (?, 'execute-snapshot', ?)";
    try (PreparedStatement insert = connection.prepareStatement(sql)) {
      for (int at = 0; at < rows.size(); at += KEYS) {
        insert.setString(1, "reconcile-" + UUID.randomUUID());
        insert.setString(
            2, data(pair, rows.subList(at, Math.min(at + KEYS, rows.size()))).toString());
        insert.executeUpdate();
        signals++;
      }
    }
    return signals;
  }

  static ObjectNode data(TablePair pair, List<Difference> rows) {
    String name = pair.source().toString();
    StringJoiner filter = new StringJoiner(" OR ");
    rows.forEach(row -> filter.add(condition(pair, row.key())));
    ObjectNode data = JsonNodeFactory.instance.objectNode();
    data.put("type", "incremental").putArray("data-collections").add(name);
    data.putArray("additional-conditions")
        .addObject()
        .put("data-collection", name)
        .put("filter", filter.toString());
    return data;
  }

  private static String condition(TablePair pair, Key key) {
    StringJoiner condition = new StringJoiner(" AND ", "(", ")");
    for (int i = 0; i < pair.keys().size(); i++) {
      ComparedColumn column = pair.keys().get(i);
      String text = column.kinds().source().serverText(key.texts().get(i));
      condition.add(quote(column.source()) + " = " + literal(text) + "::" + column.sourceType());
    }
    return condition.toString();
  }
}

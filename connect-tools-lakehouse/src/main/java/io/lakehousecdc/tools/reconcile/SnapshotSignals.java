// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import static io.lakehousecdc.sink.postgres.catalog.Identifiers.literal;
import static io.lakehousecdc.sink.postgres.catalog.Identifiers.qualified;
import static io.lakehousecdc.sink.postgres.catalog.Identifiers.quote;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.postgres.catalog.Catalog;
import io.lakehousecdc.sink.postgres.catalog.PgTable;
import io.lakehousecdc.tools.UsageException;
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

  private static final int ANY_LENGTH = Integer.MAX_VALUE;

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
    int room = room();
    String sql = "INSERT INTO " + qualified(table) + " VALUES (?, 'execute-snapshot', ?)";
    try (PreparedStatement insert = connection.prepareStatement(sql)) {
      for (int at = 0; at < rows.size(); signals++) {
        int end = Math.min(at + KEYS, rows.size());
        String data = data(pair, rows.subList(at, end));
        while (data.length() > room && end - at > 1) {
          end = at + (end - at) / 2;
          data = data(pair, rows.subList(at, end));
        }
        insert.setString(1, UUID.randomUUID().toString());
        insert.setString(2, data);
        insert.executeUpdate();
        at = end;
      }
    }
    return signals;
  }

  /** Most characters that the signal table takes as data. */
  private int room() throws SQLException {
    PgTable signals =
        new Catalog(connection)
            .table(table)
            .orElseThrow(() -> new UsageException("The source has no table " + table));
    return signals.column("data").map(column -> column.type().maxCharacters()).orElse(ANY_LENGTH);
  }

  /** The condition names keys as text: the server reads each as a value of its column's type. */
  private static String data(TablePair pair, List<Difference> rows) {
    String name = pair.source().toString();
    StringJoiner names = new StringJoiner(", ", "(", ")");
    pair.keys().forEach(column -> names.add(quote(column.source())));
    StringJoiner keys = new StringJoiner(", ", " IN (", ")");
    rows.forEach(row -> keys.add(values(pair, row.key())));
    ObjectNode data = JsonNodeFactory.instance.objectNode();
    data.put("type", "incremental").putArray("data-collections").add(name);
    data.putArray("additional-conditions")
        .addObject()
        .put("data-collection", name)
        .put("filter", names + keys.toString());
    return data.toString();
  }

  private static String values(TablePair pair, Key key) {
    StringJoiner values = new StringJoiner(", ", "(", ")");
    for (int i = 0; i < pair.keys().size(); i++) {
      ValueKind kind = pair.keys().get(i).kinds().source();
      values.add(literal(kind.serverText(key.texts().get(i))));
    }
    return values.toString();
  }
}

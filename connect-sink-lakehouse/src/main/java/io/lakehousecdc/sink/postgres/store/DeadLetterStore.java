// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.store;

import static io.lakehousecdc.sink.postgres.catalog.Identifiers.qualified;

import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/** The table of rejected records. Stateless apart from its name. */
public final class DeadLetterStore implements OwnTable {
  private final TableId table;
  private final String sql;

  public DeadLetterStore(TableId table) {
    this.table = table;
    this.sql = qualified(table);
  }

  @Override
  public TableId table() {
    return table;
  }

  @Override
  public String createSql() {
    return "CREATE TABLE IF NOT EXISTS "
        + sql
        + """
         (topic text NOT NULL, partition integer NOT NULL, "offset" bigint NOT NULL,
          key text, value text, op text, error_class text, error_message text,
          created_at timestamptz NOT NULL, retries integer NOT NULL DEFAULT 0,
          PRIMARY KEY (topic, partition, "offset"))""";
  }

  /** Keeps the letters; one for a place where there is one already takes its place. */
  public void write(Connection connection, List<DeadLetter> letters) throws SQLException {
    String upsert =
        "INSERT INTO "
            + sql
            + " (topic, partition, \"offset\", key, value, op, error_class, error_message,"
            + " created_at, retries) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            + " ON CONFLICT (topic, partition, \"offset\") DO UPDATE SET key = excluded.key,"
            + " value = excluded.value, op = excluded.op, error_class = excluded.error_class,"
            + " error_message = excluded.error_message, created_at = excluded.created_at,"
            + " retries = excluded.retries";
    try (PreparedStatement statement = connection.prepareStatement(upsert)) {
      for (DeadLetter letter : letters) {
        statement.setString(1, letter.recordOffset().partition().topic());
        statement.setInt(2, letter.recordOffset().partition().partition());
        statement.setLong(3, letter.recordOffset().offset());
        statement.setString(4, storable(letter.key()));
        statement.setString(5, storable(letter.value()));
        statement.setString(6, storable(letter.operation()));
        statement.setString(7, storable(letter.errorClass()));
        statement.setString(8, storable(letter.errorMessage()));
        statement.setObject(
            9, Instant.ofEpochMilli(letter.createdAtMillis()).atOffset(ZoneOffset.UTC));
        statement.setInt(10, letter.retries());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  /** A rejected record may hold just what PostgreSQL cannot store; the letter must not fail too. */
  private static String storable(String text) {
    return text == null ? null : text.replace('\0', '\uFFFD');
  }
}

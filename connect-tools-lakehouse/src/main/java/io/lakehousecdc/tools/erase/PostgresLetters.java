// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import io.lakehousecdc.sink.postgres.catalog.PgTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The dead letters about a key in PostgreSQL. */
final class PostgresLetters {
  private static final int FETCH = 500;

  private final PgTable table;
  private final Subject subject;

  PostgresLetters(PgTable table, Subject subject) {
    this.table = table;
    this.subject = subject;
  }

  /** A letter's place in Kafka, which is its key. */
  record Letter(String topic, int partition, long offset) {

    @Override
    public String toString() {
      return topic + "-" + partition + "@" + offset;
    }
  }

  /**
   * Letters.
   *
   * @param about those about the key
   * @param unreadable those that nobody can read as JSON, but which have its values as words
   */
  record Letters(List<Letter> about, List<Letter> unreadable) {}

  /** Reads all of the topics that feed the table; in a transaction, so that few are held. */
  Letters find(Connection connection) throws SQLException {
    RecordText records = subject.records();
    List<Letter> about = new ArrayList<>();
    List<Letter> unreadable = new ArrayList<>();
    try (Statement query = connection.createStatement()) {
      query.setFetchSize(FETCH);
      try (ResultSet row =
          query.executeQuery(
              "SELECT topic, partition, \"offset\", key, value FROM " + table.sql())) {
        while (row.next()) {
          Letter letter = new Letter(row.getString(1), row.getInt(2), row.getLong(3));
          if (!subject.isFedBy(letter.topic())) {
            continue;
          }
          switch (records.of(row.getString(4), row.getString(5))) {
            case KEY -> about.add(letter);
            case UNREADABLE -> {
              if (records.mayBeAbout(row.getString(4), row.getString(5))) {
                unreadable.add(letter);
              }
            }
            case OTHER -> {
              // Another's.
            }
          }
        }
      }
    }
    return new Letters(about, unreadable);
  }

  /** Deletes letters. */
  void delete(Connection connection, List<Letter> letters) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "DELETE FROM "
                + table.sql()
                + " WHERE topic = ? AND partition = ? AND \"offset\" = ?")) {
      for (Letter letter : letters) {
        statement.setString(1, letter.topic());
        statement.setInt(2, letter.partition());
        statement.setLong(3, letter.offset());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }
}

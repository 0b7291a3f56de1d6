// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.postgres.catalog.Identifiers;
import io.lakehousecdc.sink.postgres.session.SqlErrors;
import io.lakehousecdc.tools.UsageException;
import io.lakehousecdc.tools.connect.SourceDatabase;
import io.lakehousecdc.tools.removal.KeyText;
import io.lakehousecdc.tools.removal.PostgresKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The row at the source. Reads one row, and writes nothing.
 *
 * @param database the source
 */
record SourceRow(SourceDatabase database) {
  private static final String SECONDS = "30";

  private static final Map<String, String> LIMITS =
      Map.of("loginTimeout", SECONDS, "socketTimeout", SECONDS, "readOnly", "true");

  /**
   * Whether some unique index has only columns of the first parameter; NULL where there is none.
   */
  private static final String IS_COVERED =
      """
      SELECT bool_or(NOT EXISTS (
               SELECT 1
                 FROM unnest((i.indkey::int2[])[0:i.indnkeyatts - 1]) AS k (number)
                 LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
                WHERE a.attname IS NULL OR k.number = 0 OR a.attname::text <> ALL (?)))
        FROM pg_index i
       WHERE i.indrelid = ?::text::regclass AND i.indisunique AND i.indisvalid
         AND i.indpred IS NULL""";

  /** A cast to a type with a length or a scale cuts in silence: the query's second column tells. */
  private static final String AS_WRITTEN =
      """
      SELECT format('SELECT format(''%%s'', v::%2$s), v::%2$s = v::%3$s FROM (SELECT %1$L::text) AS t (v)',
               ?::text, format_type(a.atttypid, a.atttypmod), format_type(a.atttypid, -1))
        FROM pg_attribute a
       WHERE a.attrelid = ?::text::regclass AND a.attname = ? AND a.attnum > 0
         AND NOT a.attisdropped""";

  /**
   * The key as the source writes it, such as with the blanks of a {@code char(n)}: texts in the
   * target are compared byte by byte.
   *
   * @param key by the names of columns at the source
   */
  KeyText asWritten(TableId table, KeyText key) {
    Map<String, String> written = new LinkedHashMap<>();
    try (Connection connection = database.connect(LIMITS);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "SET DateStyle = ISO; SET TimeZone = UTC; SET IntervalStyle = postgres;"
              + " SET bytea_output = hex");
      for (Map.Entry<String, String> column : key.columns().entrySet()) {
        try (ResultSet row = statement.executeQuery(query(connection, table, column))) {
          row.next();
          if (!row.getBoolean(2)) {
            throw new UsageException(
                "The value of " + column.getKey() + " does not fit its column at the source.");
          }
          written.put(column.getKey(), row.getString(1));
        }
      }
      return new KeyText(written);
    } catch (SQLException e) {
      throw SqlErrors.classify(e, "The source's table " + table);
    }
  }

  private static String query(
      Connection connection, TableId table, Map.Entry<String, String> column) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(AS_WRITTEN)) {
      query.setString(1, column.getValue());
      query.setString(2, Identifiers.qualified(table));
      query.setString(3, column.getKey());
      try (ResultSet row = query.executeQuery()) {
        if (!row.next()) {
          throw new UsageException(
              "The source's table " + table + " has no column " + column.getKey() + ".");
        }
        return row.getString(1);
      }
    }
  }

  /**
   * Whether the source has it.
   *
   * @param key by the names of columns at the source
   */
  boolean exists(TableId table, KeyText key) {
    PostgresKey condition = new PostgresKey(key);
    try (Connection connection = database.connect(LIMITS);
        PreparedStatement query =
            connection.prepareStatement(
                "SELECT 1 FROM "
                    + Identifiers.qualified(table)
                    + " WHERE "
                    + condition.condition()
                    + " LIMIT 1")) {
      condition.set(query, 1);
      return query.executeQuery().next();
    } catch (SQLException e) {
      throw SqlErrors.classify(e, "The source's table " + table);
    }
  }

  /**
   * Whether rows with different keys may have the same values: the table has unique indexes, but
   * none of only the columns given. Where it has none, nothing is known of its key.
   *
   * @param key by the names of columns at the source
   */
  boolean mayShare(TableId table, KeyText key) {
    try (Connection connection = database.connect(LIMITS);
        PreparedStatement query = connection.prepareStatement(IS_COVERED)) {
      query.setArray(1, connection.createArrayOf("text", key.names().toArray()));
      query.setString(2, Identifiers.qualified(table));
      try (ResultSet row = query.executeQuery()) {
        row.next();
        boolean isCovered = row.getBoolean(1);
        return !row.wasNull() && !isCovered;
      }
    } catch (SQLException e) {
      throw SqlErrors.classify(e, "The source's table " + table);
    }
  }
}

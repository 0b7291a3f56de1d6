// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.postgres.catalog.Identifiers;
import io.lakehousecdc.sink.postgres.session.SqlErrors;
import io.lakehousecdc.tools.connect.SourceDatabase;
import io.lakehousecdc.tools.removal.KeyText;
import io.lakehousecdc.tools.removal.PostgresKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
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

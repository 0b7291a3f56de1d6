// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.lakehousecdc.sink.postgres.SharedPostgres;
import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** The query that begins a transaction, on the session that it was made for and on another. */
class TransactionSettingsIT {
  private final PostgresSettings settings =
      new PostgresSettings(
          new TargetSettings(
              PostgresSettings.ALL.stream()
                  .filter(setting -> setting.defaultValue() != null)
                  .collect(Collectors.toMap(Setting::key, Setting::defaultValue)),
              TableOptions.DEFAULT));

  @Test
  void anotherSessionIsRecognisedAndLeftAsItIs() throws SQLException {
    try (Connection connection = SharedPostgres.emptyDatabase("18").connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      int process = connection.unwrap(PGConnection.class).getBackendPID();
      String before = seqscan(statement);
      assertNull(first(statement, TransactionSettings.sql(settings, process + 1)));
      assertEquals(before, seqscan(statement));
      assertNotNull(first(statement, TransactionSettings.sql(settings, process)));
      assertEquals("off", seqscan(statement));
    }
  }

  private static String seqscan(Statement statement) throws SQLException {
    return first(statement, "SHOW enable_seqscan");
  }

  private static String first(Statement statement, String query) throws SQLException {
    try (ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import io.lakehousecdc.sink.error.TargetException;
import io.lakehousecdc.sink.postgres.catalog.Identifiers;
import io.lakehousecdc.sink.postgres.session.Connections;
import io.lakehousecdc.sink.postgres.session.PostgresSettings;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.session.SqlErrors;
import io.lakehousecdc.sink.postgres.session.TransactionPooling;
import io.lakehousecdc.sink.spi.TargetFactory.SettingProblem;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A quick check, within seconds, of whether a warehouse can be reached and used. */
final class Preflight {
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  private static final String PRIVILEGES =
      """
      SELECT pg_is_in_recovery(),
        has_database_privilege(current_database(), 'TEMPORARY'),
        has_database_privilege(current_database(), 'CREATE'),
        n.oid IS NOT NULL, coalesce(
          has_schema_privilege(n.oid, 'USAGE') AND has_schema_privilege(n.oid, 'CREATE'), false),
        current_user, current_database(),
        coalesce((SELECT has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
            AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE')
          FROM pg_class c WHERE c.relnamespace = n.oid AND c.relname = ?), false)
      FROM (SELECT) one LEFT JOIN pg_namespace n ON n.nspname = ?""";

  private Preflight() {}

  /** One problem for each setting that is wrong; empty where all is well. Never throws. */
  static List<SettingProblem> problems(PostgresSettings settings) {
    String url = settings.url();
    if (url == null || url.isBlank()) {
      return List.of();
    }
    Optional<String> unreadable = Connections.problem(settings);
    if (unreadable.isPresent()) {
      return List.of(new SettingProblem(PostgresSettings.URL, unreadable.get()));
    }
    try (Connection connection = Connections.open(settings, PATIENCE)) {
      return TransactionPooling.isBehind(connection, settings)
          ? List.of(new SettingProblem(PostgresSettings.URL, TransactionPooling.REFUSAL))
          : usable(connection, settings);
    } catch (SQLException e) {
      return List.of(unreachable(e));
    } catch (TargetException | IllegalArgumentException e) {
      return List.of(new SettingProblem(PostgresSettings.URL, e.getMessage()));
    }
  }

  private static SettingProblem unreachable(SQLException error) {
    String state = SqlErrors.state(error);
    if (state.startsWith("28")) {
      return new SettingProblem(
          PostgresSettings.PASSWORD,
          "The server refuses the user or the password ("
              + error.getMessage()
              + "). Check postgres.user, postgres.password and pg_hba.conf.");
    }
    if (state.equals("3D000")) {
      return new SettingProblem(
          PostgresSettings.URL,
          "The database does not exist (" + error.getMessage() + "). Create it, or name another.");
    }
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnknownHostException) {
        return new SettingProblem(
            PostgresSettings.URL, "The host " + cause.getMessage() + " is unknown.");
      }
    }
    return new SettingProblem(
        PostgresSettings.URL,
        "The server cannot be reached ("
            + error.getMessage()
            + "). Check host, port, firewall, that it accepts TCP connections, and that one of the"
            + " hosts is a primary and not read-only.");
  }

  private static List<SettingProblem> usable(Connection connection, PostgresSettings settings)
      throws SQLException {
    List<SettingProblem> problems = new ArrayList<>();
    int version = connection.getMetaData().getDatabaseMajorVersion();
    if (version < Session.OLDEST_VERSION) {
      problems.add(
          new SettingProblem(
              PostgresSettings.URL,
              "The server is PostgreSQL " + version + "; 13 or later is needed."));
    }
    try (PreparedStatement query = connection.prepareStatement(PRIVILEGES)) {
      query.setString(1, settings.offsetsTable().name());
      query.setString(2, settings.offsetsTable().schema());
      try (ResultSet row = query.executeQuery()) {
        row.next();
        privileges(row, settings, problems);
      }
    }
    return problems;
  }

  private static void privileges(
      ResultSet row, PostgresSettings settings, List<SettingProblem> problems) throws SQLException {
    String user = Identifiers.quote(row.getString(6));
    String database = Identifiers.quote(row.getString(7));
    String schema = settings.offsetsTable().schema();
    if (row.getBoolean(1)) {
      problems.add(
          new SettingProblem(
              PostgresSettings.URL, "The server is a read-only standby; name the primary."));
      return;
    }
    if (!row.getBoolean(2)) {
      problems.add(
          missing("GRANT TEMPORARY ON DATABASE " + database + " TO " + user, "stage rows"));
    }
    if (!row.getBoolean(4)) {
      if (!row.getBoolean(3)) {
        problems.add(
            missing("GRANT CREATE ON DATABASE " + database + " TO " + user, "create schemas"));
      }
    } else if (!row.getBoolean(5) && !row.getBoolean(8)) {
      String grant = "GRANT USAGE, CREATE ON SCHEMA " + Identifiers.quote(schema) + " TO " + user;
      problems.add(missing(grant, "create the offsets table"));
    }
  }

  private static SettingProblem missing(String grant, String purpose) {
    return new SettingProblem(
        PostgresSettings.USER, "The user may not " + purpose + ". Run: " + grant);
  }
}

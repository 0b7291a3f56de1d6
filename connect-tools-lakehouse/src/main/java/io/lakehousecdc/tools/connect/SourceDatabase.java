// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.connect;

import io.lakehousecdc.tools.UsageException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.postgresql.Driver;

/**
 * The database that the source connector reads.
 *
 * @param url JDBC URL
 * @param user empty where the URL names it, or the system's is meant
 * @param password empty where the URL has it, or the server needs none
 */
public record SourceDatabase(String url, Optional<String> user, Optional<String> password) {
  private static final String PROTOCOL = "jdbc:postgresql:";

  /** Checks the URL, which messages do not quote: it may hold a password. */
  public SourceDatabase {
    if (!url.startsWith(PROTOCOL)) {
      throw new UsageException(
          "--source-url has to begin with " + PROTOCOL + ", as in jdbc:postgresql://db:5432/shop.");
    }
  }

  /** Connects. */
  public Connection connect() throws SQLException {
    return connect(Map.of("tcpKeepAlive", "true"));
  }

  /**
   * Connects with further properties of the driver.
   *
   * @param more such as time limits
   */
  public Connection connect(Map<String, String> more) throws SQLException {
    Properties properties = new Properties();
    user.ifPresent(name -> properties.setProperty("user", name));
    password.ifPresent(text -> properties.setProperty("password", text));
    // Details of errors may hold values.
    properties.setProperty("logServerErrorDetail", "false");
    properties.putAll(more);
    Connection connection = new Driver().connect(url, properties);
    if (connection == null) {
      throw new UsageException("--source-url cannot be read.");
    }
    return connection;
  }

  /** Without the URL and the password. */
  @Override
  public String toString() {
    return "SourceDatabase";
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.session;

import io.lakehousecdc.sink.error.FatalException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import org.postgresql.Driver;

/**
 * Connections by the URL of the settings. The URL is checked first: it may hold a password, and the
 * driver's message for one that it cannot read is the URL itself. Stateless.
 */
public final class Connections {
  private static final String PREFIX = "jdbc:postgresql:";

  /** A user, and perhaps a password, before the host; the driver would take them for its name. */
  private static final Pattern USER_INFO = Pattern.compile(PREFIX + "//[^/?]*@.*");

  private Connections() {}

  /**
   * What is wrong with the URL, without anything of it, since it may hold a password; empty where
   * the driver can read it.
   */
  public static Optional<String> problem(PostgresSettings settings) {
    String url = settings.url();
    if (!url.startsWith(PREFIX)) {
      return Optional.of(
          "postgres.url has to begin with jdbc:postgresql:, as in"
              + " jdbc:postgresql://host:5432/dwh.");
    }
    if (USER_INFO.matcher(url).matches()) {
      return Optional.of(
          "postgres.url names a user before the host. Set postgres.user and postgres.password"
              + " instead, and leave the part up to the @ out.");
    }
    return Driver.parseURL(url, new Properties()) == null
        ? Optional.of(
            "postgres.url cannot be read. It has to look like jdbc:postgresql://host:5432/dwh, with"
                + " ports from 1 to 65535 and %25 for a % in a parameter.")
        : Optional.empty();
  }

  /**
   * Connects, as long as the settings allow.
   *
   * @throws FatalException the URL has a {@link #problem}
   */
  public static Connection open(PostgresSettings settings) throws SQLException {
    return open(settings, settings.driverProperties(), settings.connectTimeout());
  }

  /**
   * Connects for a few questions: what takes longer than {@code patience} fails.
   *
   * @throws FatalException the URL has a {@link #problem}
   */
  public static Connection open(PostgresSettings settings, Duration patience) throws SQLException {
    Properties properties = settings.driverProperties();
    properties.setProperty("socketTimeout", Long.toString(patience.toSeconds()));
    return open(settings, properties, patience);
  }

  /**
   * The driver is named, not found by the class path: a plugin's class loader may hide it from
   * {@link java.sql.DriverManager}.
   */
  private static Connection open(PostgresSettings settings, Properties properties, Duration perHost)
      throws SQLException {
    Optional<String> problem = problem(settings);
    if (problem.isPresent()) {
      throw new FatalException(problem.get());
    }
    long seconds = (perHost.toMillis() + 999) / 1000;
    properties.setProperty("connectTimeout", Long.toString(seconds));
    // The time for all hosts: a silent one must not use up that of the next.
    properties.setProperty("loginTimeout", Long.toString(seconds * hosts(settings.url())));
    return new Driver().connect(settings.url(), properties);
  }

  private static int hosts(String url) {
    return Driver.parseURL(url, new Properties()).getProperty("PGHOST", "").split(",").length;
  }
}

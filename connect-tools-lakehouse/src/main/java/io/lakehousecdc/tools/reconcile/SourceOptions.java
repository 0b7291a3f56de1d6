// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import io.lakehousecdc.tools.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.postgresql.Driver;
import picocli.CommandLine.Option;

/** The options that tell where the source is. */
final class SourceOptions {
  private static final String PASSWORD_VARIABLE = "SOURCE_PASSWORD";

  @Option(
      names = "--source-url",
      required = true,
      paramLabel = "URL",
      description =
          "The source, such as jdbc:postgresql://db:5432/shop. A standby will do, if it is not far"
              + " behind.")
  private String url;

  @Option(
      names = "--source-user",
      paramLabel = "NAME",
      description =
          "User that may read the tables; its password in the variable SOURCE_PASSWORD, or"
              + " in a file.")
  private String user;

  @Option(
      names = "--source-password-file",
      paramLabel = "FILE",
      description = "File whose first line is the password.")
  private Path passwordFile;

  /** Connects. */
  Connection connect() throws SQLException {
    if (!url.startsWith("jdbc:postgresql:")) {
      throw new UsageException(
          "--source-url has to begin with jdbc:postgresql:, as in jdbc:postgresql://db:5432/shop.");
    }
    Properties properties = new Properties();
    if (user != null) {
      properties.setProperty("user", user);
    }
    String password = password();
    if (password != null) {
      properties.setProperty("password", password);
    }
    properties.setProperty("tcpKeepAlive", "true");
    // Details of errors may hold values.
    properties.setProperty("logServerErrorDetail", "false");
    Connection connection = new Driver().connect(url, properties);
    if (connection == null) {
      throw new UsageException("--source-url cannot be read.");
    }
    return connection;
  }

  private String password() {
    if (passwordFile == null) {
      return System.getenv(PASSWORD_VARIABLE);
    }
    try {
      return Files.readAllLines(passwordFile).stream().findFirst().orElse("");
    } catch (IOException e) {
      throw new UsageException("Cannot read " + passwordFile, e);
    }
  }
}

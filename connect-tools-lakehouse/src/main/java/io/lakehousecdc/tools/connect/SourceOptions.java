// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.connect;

import io.lakehousecdc.tools.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that tell where the source is. */
public final class SourceOptions {
  private static final String PASSWORD_VARIABLE = "SOURCE_PASSWORD";

  @Option(
      names = "--source-url",
      paramLabel = "URL",
      description =
          "JDBC URL of the source, such as jdbc:postgresql://db:5432/shop. A standby will do, if it"
              + " is not far behind.")
  private String url;

  @Option(
      names = "--source-user",
      paramLabel = "NAME",
      description =
          "User that may read the tables, where it is not the system's; its password in the variable"
              + " SOURCE_PASSWORD, or in a file.")
  private String user;

  @Option(
      names = "--source-password-file",
      paramLabel = "FILE",
      description = "File whose first line is the password.")
  private Path passwordFile;

  /**
   * The source, if it is given.
   *
   * @throws UsageException the options cannot be read
   */
  public Optional<SourceDatabase> database() {
    if (url == null && (user != null || passwordFile != null)) {
      throw new UsageException("--source-user and --source-password-file need --source-url.");
    }
    return Optional.ofNullable(url)
        .map(given -> new SourceDatabase(given, Optional.ofNullable(user), password()));
  }

  /**
   * The source.
   *
   * @throws UsageException it is not given, or the options cannot be read
   */
  public SourceDatabase requiredDatabase() {
    return database().orElseThrow(() -> new UsageException("--source-url is needed."));
  }

  private Optional<String> password() {
    if (passwordFile == null) {
      return Optional.ofNullable(System.getenv(PASSWORD_VARIABLE));
    }
    try {
      return Optional.of(Files.readAllLines(passwordFile).stream().findFirst().orElse(""));
    } catch (IOException e) {
      throw new UsageException("Cannot read " + passwordFile, e);
    }
  }
}

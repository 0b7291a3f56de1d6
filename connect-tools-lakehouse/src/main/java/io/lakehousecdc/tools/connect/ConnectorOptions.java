// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.connect;

import io.lakehousecdc.sink.ConfiguredSink;
import io.lakehousecdc.tools.UsageException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The options that tell which connector a command is about, and where its configuration is. */
public final class ConnectorOptions {
  /** Exactly one of them. */
  @ArgGroup(multiplicity = "1")
  private Place place;

  @Option(
      names = "--worker-config",
      paramLabel = "FILE",
      description =
          "Properties of the Connect worker. Their config.providers fill in placeholders such as"
              + " $${file:…} in the configuration.")
  private Path workerConfig;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "A setting that replaces the configuration's, such as postgres.url as it is reached from"
              + " here. Secrets belong in a file: a command line is public.")
  private Map<String, String> replaced = new HashMap<>();

  /** Where the configuration is. */
  private static final class Place {
    @Option(
        names = "--config",
        paramLabel = "FILE",
        description = "The sink connector's configuration: JSON, as it is sent to Connect.")
    private Path file;

    @ArgGroup(exclusive = false)
    private Rest rest;
  }

  /** The configuration of a running connector. */
  private static final class Rest {
    @Option(
        names = "--connect",
        required = true,
        paramLabel = "URL",
        description = "REST interface of the Connect cluster, such as http://localhost:8083.")
    private URI connect;

    @Option(
        names = "--connector",
        required = true,
        paramLabel = "NAME",
        description = "Name of the sink connector there.")
    private String connector;
  }

  /**
   * Reads the configuration.
   *
   * @throws UsageException it cannot be read
   */
  public ConfiguredSink sink() {
    return ConfiguredSink.of(settings());
  }

  /** The settings of the connector, placeholders filled in. */
  public Map<String, String> settings() {
    Map<String, String> settings =
        new HashMap<>(
            place.file != null
                ? ConfigurationFile.read(place.file)
                : new ConnectRest(place.rest.connect).configuration(place.rest.connector));
    settings.putAll(replaced);
    return Placeholders.filled(settings, Optional.ofNullable(workerConfig));
  }

  /** REST interface of the Connect cluster, where the options name it. */
  public Optional<URI> rest() {
    return Optional.ofNullable(place.rest).map(rest -> rest.connect);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import io.lakehousecdc.sink.ConfiguredSink;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.tools.Commands;
import io.lakehousecdc.tools.UsageException;
import io.lakehousecdc.tools.connect.ConnectorOptions;
import io.lakehousecdc.tools.connect.SourceOptions;
import io.lakehousecdc.tools.removal.KeyText;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code erase}: erases a row that the source has deleted, wherever it is kept. */
@Command(
    name = "erase",
    description = {
      "Erases what the target keeps of a row that the source has deleted: soft-deleted rows,"
          + " versions, rows of logs, deleted rows in data files, old files, dead letters."
          + " A second run proves that nothing is found any more.",
      "Exit codes: 0 nothing is left, 1 something remains (said where and until when), 2 it could"
          + " not be done."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeOnExecutionException = Commands.FAILED)
public final class EraseCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private ConnectorOptions connector;

  @Option(
      names = "--table",
      required = true,
      paramLabel = "SCHEMA.TABLE",
      description = "The table: its name at the source, or in the target.")
  private String table;

  @ArgGroup(multiplicity = "1")
  private GivenKey key;

  /** One of them. */
  private static final class GivenKey {
    @Option(
        names = "--key",
        paramLabel = "COLUMN=VALUE",
        description =
            "The key, once for each of its columns; values as PostgreSQL writes them. Other users of"
                + " the machine see command lines.")
    private List<String> columns = new ArrayList<>();

    @Option(
        names = "--key-file",
        paramLabel = "FILE",
        description = "The key in a file: a line COLUMN=VALUE for each of its columns.")
    private Path file;
  }

  @Option(names = "--dry-run", description = "Searches and tells, and changes nothing.")
  private boolean dryRun;

  @Option(
      names = "--even-if-live",
      description =
          "Erases a row that the source still has, as far as the target knows. The next change of"
              + " it, or the next snapshot, brings it back.")
  private boolean evenIfLive;

  @Option(
      names = "--keep-change-feed",
      description =
          "Delta: leaves files of the change data feed to the vacuum. Otherwise they are deleted,"
              + " and readers that have not read them fail.")
  private boolean keepChangeFeed;

  @Option(
      names = "--log-age",
      paramLabel = "DURATION",
      defaultValue = "PT1H",
      description =
          "Delta: age of log entries that may be removed because their statistics show values of the"
              + " row, ISO-8601. Longer than any commit of any program takes, from the version that"
              + " it has read to its end. Default: ${DEFAULT-VALUE}.")
  private Duration logAge;

  @Option(
      names = "--vacuum-full",
      description =
          "PostgreSQL: writes the tables anew (VACUUM FULL), which locks them, so that no page keeps"
              + " bytes of the row. Otherwise a VACUUM frees them.")
  private boolean vacuumFull;

  @Option(
      names = "--topic-prefix",
      paramLabel = "PREFIX",
      description =
          "topic.prefix of the source connector, where the sink has a pattern of topics: with it,"
              + " --table may be the source's name wherever the sink writes the table.")
  private String topicPrefix;

  /** With it, the command makes sure that the row is gone at the source. */
  @Mixin private SourceOptions sourceOptions;

  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      description =
          "Brokers of Kafka: reads the topics that feed the table, and tells what they hold of the"
              + " key and until when.")
  private String bootstrap;

  @Option(
      names = "--kafka-config",
      paramLabel = "FILE",
      description = "Properties of Kafka's clients, such as those of security.")
  private Path kafkaConfig;

  @Option(
      names = "--dlq-topic",
      paramLabel = "TOPIC",
      description =
          "Topic of the dead letter queue. By default what the configuration says"
              + " (errors.deadletterqueue.topic.name).")
  private String dlqTopic;

  @Option(
      names = "--topic",
      paramLabel = "TOPIC",
      description = "Sends an event about the erasure to this topic; needs --bootstrap.")
  private String eventTopic;

  @Option(names = "--json", description = "Tells the result as JSON, in one line.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    if (bootstrap == null && (eventTopic != null || dlqTopic != null || kafkaConfig != null)) {
      throw new UsageException("--topic, --dlq-topic and --kafka-config need --bootstrap.");
    }
    if (logAge.isNegative()) {
      throw new UsageException("--log-age cannot be negative.");
    }
    Map<String, String> settings = connector.settings();
    KeyText given = key();
    Subject named =
        Subject.of(ConfiguredSink.of(settings), table, Optional.ofNullable(topicPrefix), given);
    Optional<SourceRow> source = sourceOptions.database().map(SourceRow::new);
    Subject subject =
        source.map(row -> named.with(row.asWritten(named.sourceTable(), given))).orElse(named);
    Erasure.Wanted wanted =
        new Erasure.Wanted(
            vacuumFull ? PostgresOptions.VACUUM_FULL : PostgresOptions.VACUUM,
            evenIfLive,
            keepChangeFeed,
            logAge,
            given,
            source,
            Optional.ofNullable(eventTopic));
    Report report = run(subject, wanted, deadLetters(settings));
    tell(report);
    return report.remains().isEmpty() ? 0 : 1;
  }

  private Report run(Subject subject, Erasure.Wanted wanted, Optional<String> deadLetters)
      throws SQLException {
    Erasure.Mode mode = dryRun ? Erasure.Mode.DRY : Erasure.Mode.ERASE;
    try {
      if (bootstrap == null) {
        return new Erasure(subject, wanted, Optional.empty()).run(mode);
      }
      try (Topics topics = new Topics(kafka(), subject, deadLetters)) {
        return new Erasure(subject, wanted, Optional.of(topics)).run(mode);
      }
    } catch (IOException | UncheckedIOException e) {
      throw new RetriableException(
          "Table " + subject.table() + " could not be searched to its end; run this again.", e);
    }
  }

  private KeyText key() throws IOException {
    return KeyText.parse(
        key.file == null
            ? key.columns
            : Files.readAllLines(key.file).stream().filter(line -> !line.isBlank()).toList());
  }

  private void tell(Report report) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(report.json());
      out.flush();
    } else {
      report.print(out);
    }
  }

  private Optional<String> deadLetters(Map<String, String> settings) {
    return Optional.ofNullable(
            dlqTopic != null ? dlqTopic : settings.get("errors.deadletterqueue.topic.name"))
        .filter(topic -> !topic.isBlank());
  }

  private Map<String, Object> kafka() {
    Map<String, Object> clients = new HashMap<>();
    if (kafkaConfig != null) {
      Properties properties = new Properties();
      try (Reader reader = Files.newBufferedReader(kafkaConfig)) {
        properties.load(reader);
      } catch (IOException e) {
        throw new UsageException("Cannot read " + kafkaConfig, e);
      }
      properties.stringPropertyNames().forEach(name -> clients.put(name, properties.get(name)));
    }
    clients.put("bootstrap.servers", bootstrap);
    return clients;
  }
}

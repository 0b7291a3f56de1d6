// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.replay;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The options of the replay command.
 *
 * @param bootstrap Kafka's bootstrap servers
 * @param topic dead-letter topic, or empty for a table
 * @param table dead-letter table, or empty for a topic
 * @param jdbcUrl database of the table
 * @param jdbcUser user that reads the table
 * @param originalTopic original topic of letters without a header that names it
 * @param group consumer group that stores the offsets in the topic
 * @param maxRetries greatest number of times that a letter is replayed
 * @param commandConfig file with further properties of the Kafka clients
 */
record ReplayOptions(
    String bootstrap,
    Optional<String> topic,
    Optional<String> table,
    Optional<String> jdbcUrl,
    Optional<String> jdbcUser,
    Optional<String> originalTopic,
    String group,
    int maxRetries,
    Optional<Path> commandConfig) {

  /** Environment variable with the database password, which a process list would show. */
  static final String PASSWORD_VARIABLE = "DLQ_JDBC_PASSWORD";

  static final String USAGE =
      """
      Publishes dead letters again, to the topics that they came from.

      From a topic:  --bootstrap HOST:PORT --topic TOPIC.dlq [--original-topic TOPIC] [--group NAME]
      From a table:  --bootstrap HOST:PORT --table SCHEMA.TABLE --jdbc-url URL [--jdbc-user NAME]
                     (password in the environment variable DLQ_JDBC_PASSWORD)

        --max-retries N        leave letters that were replayed N times (3)
        --original-topic T     topic of letters without a header that names it
        --group NAME           consumer group that stores the offsets (lakehousecdc-replayer)
        --command-config FILE  further properties of the Kafka clients, such as security

      Ends with 0 if all were replayed, 3 if some were left, 2 for wrong options, 1 on failure.
      """;

  private static final Set<String> NAMES =
      Set.of(
          "--bootstrap",
          "--topic",
          "--table",
          "--jdbc-url",
          "--jdbc-user",
          "--original-topic",
          "--group",
          "--max-retries",
          "--command-config");

  /**
   * Parses the arguments.
   *
   * @throws IllegalArgumentException saying which option is wrong
   */
  static ReplayOptions parse(String... arguments) {
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < arguments.length; i += 2) {
      String name = arguments[i];
      if (!NAMES.contains(name)) {
        throw new IllegalArgumentException("There is no option " + name);
      }
      if (i + 1 == arguments.length) {
        throw new IllegalArgumentException(name + " needs a value");
      }
      values.put(name, arguments[i + 1]);
    }
    ReplayOptions options = of(values);
    if (options.topic.isPresent() == options.table.isPresent()) {
      throw new IllegalArgumentException("Give either --topic or --table");
    }
    if (options.table.isPresent() && options.jdbcUrl.isEmpty()) {
      throw new IllegalArgumentException("--table needs --jdbc-url");
    }
    if (options.topic.isPresent() && options.topic.equals(options.originalTopic)) {
      throw new IllegalArgumentException("--original-topic is the dead-letter topic itself");
    }
    return options;
  }

  private static ReplayOptions of(Map<String, String> values) {
    if (!values.containsKey("--bootstrap")) {
      throw new IllegalArgumentException("--bootstrap is missing");
    }
    return new ReplayOptions(
        values.get("--bootstrap"),
        Optional.ofNullable(values.get("--topic")),
        Optional.ofNullable(values.get("--table")),
        Optional.ofNullable(values.get("--jdbc-url")),
        Optional.ofNullable(values.get("--jdbc-user")),
        Optional.ofNullable(values.get("--original-topic")),
        values.getOrDefault("--group", "lakehousecdc-replayer"),
        number(values.getOrDefault("--max-retries", "3")),
        Optional.ofNullable(values.get("--command-config")).map(Path::of));
  }

  private static int number(String text) {
    if (!text.matches("[1-9][0-9]{0,8}")) {
      throw new IllegalArgumentException("--max-retries must be a number from 1, not " + text);
    }
    return Integer.parseInt(text);
  }
}

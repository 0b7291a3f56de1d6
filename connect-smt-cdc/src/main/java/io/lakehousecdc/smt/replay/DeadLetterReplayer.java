// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.replay;

import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The main class of the replay command: {@code java -cp "<plugin>/lib/*:<kafka>/libs/*"
 * io.lakehousecdc.smt.replay.DeadLetterReplayer …}. See {@link ReplayOptions#USAGE}.
 */
public final class DeadLetterReplayer {
  private static final int COMPLETE = 0;
  private static final int FAILED = 1;
  private static final int WRONG_OPTIONS = 2;
  private static final int SOME_LEFT = 3;

  private final Map<String, String> environment;
  private final PrintStream out;
  private final PrintStream err;

  DeadLetterReplayer(Map<String, String> environment, PrintStream out, PrintStream err) {
    this.environment = environment;
    this.out = out;
    this.err = err;
  }

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(new DeadLetterReplayer(System.getenv(), System.out, System.err).run(arguments));
  }

  /** Runs the command; returns its exit code. */
  int run(String... arguments) {
    ReplayOptions options;
    try {
      options = ReplayOptions.parse(arguments);
    } catch (IllegalArgumentException e) {
      err.println(e.getMessage());
      err.println();
      err.println(ReplayOptions.USAGE);
      return WRONG_OPTIONS;
    }
    try {
      return replay(options);
    } catch (KafkaException
        | IllegalArgumentException
        | IllegalStateException
        | IOException
        | SQLException e) {
      err.printf(
          "Cannot replay %s by %s: %s%n",
          options.topic().or(options::table).orElseThrow(), options.bootstrap(), e.getMessage());
      return FAILED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return FAILED;
    }
  }

  private int replay(ReplayOptions options) throws IOException, SQLException, InterruptedException {
    Properties clients = clientProperties(options);
    try (DeadLetterSource source = source(options, clients);
        Producer<byte[], byte[]> producer = producer(clients)) {
      Replay.Summary summary = new Replay(producer, options.maxRetries(), out).run(source);
      out.printf(
          "Replayed %d; left %d at the limit of %d retries, %d without a known topic%n",
          summary.replayed(), summary.exhausted(), options.maxRetries(), summary.withoutTopic());
      return summary.isComplete() ? COMPLETE : SOME_LEFT;
    }
  }

  private static Properties clientProperties(ReplayOptions options) throws IOException {
    Properties properties = new Properties();
    if (options.commandConfig().isPresent()) {
      try (Reader file = Files.newBufferedReader(options.commandConfig().get())) {
        properties.load(file);
      }
    }
    properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, options.bootstrap());
    return properties;
  }

  private DeadLetterSource source(ReplayOptions options, Properties clients) throws SQLException {
    if (options.table().isPresent()) {
      Connection connection = connect(options);
      return new TableSource(connection, options.table().get(), options.maxRetries());
    }
    Properties properties = new Properties();
    properties.putAll(clients);
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, options.group());
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    return new TopicSource(
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
        options.topic().orElseThrow(),
        options.originalTopic());
  }

  private Connection connect(ReplayOptions options) throws SQLException {
    Properties properties = new Properties();
    options.jdbcUser().ifPresent(user -> properties.put("user", user));
    String password = environment.get(ReplayOptions.PASSWORD_VARIABLE);
    if (password != null) {
      properties.put("password", password);
    }
    return DriverManager.getConnection(options.jdbcUrl().orElseThrow(), properties);
  }

  private static Producer<byte[], byte[]> producer(Properties clients) {
    Properties properties = new Properties();
    properties.putAll(clients);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }
}

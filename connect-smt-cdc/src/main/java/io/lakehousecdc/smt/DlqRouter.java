// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt;

import io.lakehousecdc.smt.dlq.ChangeValidator;
import io.lakehousecdc.smt.dlq.DeadLetterHeaders;
import io.lakehousecdc.smt.dlq.DeadLetterRecord;
import io.lakehousecdc.smt.dlq.JsonText;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.header.Headers;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Transformation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A transform that diverts records which are not valid change events. The configuration defines
 * what is valid; a valid record passes as the same instance.
 *
 * <p>In a source connector an invalid record goes to another topic, key and value unchanged, with
 * {@link DeadLetterHeaders}. A transform of a sink connector has no producer: there an invalid
 * record either causes a {@link DataException}, for Connect's own error handling, or is replaced by
 * a {@link DeadLetterRecord}, which the sink writes to its dead-letter table. Headers and messages
 * hold no configuration values, and messages hold no values of the record.
 *
 * @param <R> source or sink record
 */
public final class DlqRouter<R extends ConnectRecord<R>> implements Transformation<R> {

  public static final String OVERVIEW_DOC =
      "Checks that records are valid change events and routes the bad ones: to a dead-letter topic"
          + " in a source connector, to Connect's error handling or the sink's dead-letter table"
          + " in a sink connector.";

  public static final ConfigDef CONFIG_DEF = DlqRouterConfig.CONFIG_DEF;

  private static final Logger LOG = LoggerFactory.getLogger(DlqRouter.class);

  private final Clock clock;
  private DlqRouterConfig config;
  private ChangeValidator validator;
  private DlqMetrics metrics;
  private MetricsRegistration registration;

  public DlqRouter() {
    this(Clock.systemUTC());
  }

  DlqRouter(Clock clock) {
    this.clock = clock;
  }

  @Override
  public void configure(Map<String, ?> configs) {
    close();
    UnreadOptions.check(CONFIG_DEF, configs, LOG);
    config = new DlqRouterConfig(configs);
    validator = new ChangeValidator(config.rules());
    metrics = new DlqMetrics();
    registration = MetricsRegistration.register("dlq-router", config.metricsId(), metrics);
  }

  @Override
  public R apply(R record) {
    metrics.countSeen();
    Optional<String> problem = validator.problem(record);
    return problem.isEmpty() ? record : reject(record, problem.get());
  }

  private R reject(R record, String reason) {
    metrics.countRejected();
    if (!(record instanceof SinkRecord sink)) {
      return rerouted(record, reason);
    }
    if (config.writesToTable()) {
      return deadLetter(record, sink, reason);
    }
    throw new DataException(
        "Record %s-%d@%d is no valid change event: %s. Correct it at the source, or the rules of"
                .formatted(
                    sink.originalTopic(),
                    sink.originalKafkaPartition(),
                    sink.originalKafkaOffset(),
                    reason)
            + " DlqRouter; then replay it from the dead-letter topic.");
  }

  private R rerouted(R record, String reason) {
    String topic = config.deadLetterTopic(record.topic());
    LOG.debug("A record of {} goes to {}: {}", record.topic(), topic, reason);
    Headers headers = record.headers().duplicate();
    headers.addString(DeadLetterHeaders.REASON, reason);
    headers.addString(DeadLetterHeaders.EXCEPTION, DataException.class.getName());
    headers.addString(DeadLetterHeaders.ORIGINAL_TOPIC, record.topic());
    if (record.kafkaPartition() != null) {
      headers.addString(DeadLetterHeaders.ORIGINAL_PARTITION, record.kafkaPartition().toString());
    }
    if (record instanceof SourceRecord source && source.sourceOffset() != null) {
      headers.addString(
          DeadLetterHeaders.ORIGINAL_OFFSET, JsonText.of(null, source.sourceOffset()));
    }
    String key = JsonText.of(record.keySchema(), record.key());
    if (key != null) {
      headers.addString(DeadLetterHeaders.ORIGINAL_KEY, key);
    }
    headers.addString(DeadLetterHeaders.TIMESTAMP, Long.toString(clock.millis()));
    return record.newRecord(
        topic,
        null,
        record.keySchema(),
        record.key(),
        record.valueSchema(),
        record.value(),
        record.timestamp(),
        headers);
  }

  private R deadLetter(R record, SinkRecord sink, String reason) {
    Struct letter =
        DeadLetterRecord.of(sink, validator.operation(record).orElse(null), reason, clock.millis());
    return record.newRecord(
        record.topic(),
        record.kafkaPartition(),
        record.keySchema(),
        record.key(),
        letter.schema(),
        letter,
        record.timestamp(),
        record.headers());
  }

  /** The MBean's registration; for tests. */
  MetricsRegistration registration() {
    return registration;
  }

  @Override
  public ConfigDef config() {
    return CONFIG_DEF;
  }

  @Override
  public String version() {
    return PluginVersion.version();
  }

  @Override
  public void close() {
    if (registration != null) {
      registration.close();
      registration = null;
    }
  }
}

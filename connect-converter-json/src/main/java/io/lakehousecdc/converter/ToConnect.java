// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter;

import io.lakehousecdc.converter.ConverterSettings.Schemas;
import io.lakehousecdc.converter.read.EnvelopePrefix;
import io.lakehousecdc.converter.read.KnownSchema;
import io.lakehousecdc.converter.read.Unrecognized;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.storage.Converter;

/**
 * From JSON to Connect. A message that begins as one did before has its schema, so that only the
 * payload is parsed. All other messages, and those that are not certain, are converted by {@code
 * JsonConverter}. Thread-safe.
 */
final class ToConnect {
  /** Longer schemas are not kept. */
  private static final int LONGEST_BYTES = 1 << 20;

  /** What is kept of all schemas, at most: then all are forgotten, and learned again. */
  private static final int MOST_BYTES = 16 << 20;

  private static final byte[] NOTHING = new byte[0];

  private final Converter exact;
  private final ConverterSettings settings;
  private final ConcurrentMap<String, TopicSchemas> topics = new ConcurrentHashMap<>();
  private final AtomicLong keptBytes = new AtomicLong();

  ToConnect(Converter exact, ConverterSettings settings) {
    this.exact = exact;
    this.settings = settings;
  }

  /**
   * Converts a message, with the results and the errors of {@code JsonConverter}.
   *
   * @param message never null
   */
  SchemaAndValue convert(String topic, byte[] message) {
    TopicSchemas schemas = schemas(topic);
    KnownSchema known = schemas.find(message);
    if (known != null) {
      try {
        return known.read(message);
      } catch (RuntimeException e) {
        return exact.toConnectData(topic, message);
      }
    }
    SchemaAndValue converted = exact.toConnectData(topic, message);
    if (mayBeLearned(converted.schema()) && schemas.isWorthLearning()) {
      learn(schemas, message, converted.schema());
    }
    return converted;
  }

  /**
   * Whether a schema has been found where this class would look for it. A configured schema may say
   * null: then messages have their own, which may be null, too.
   */
  private boolean mayBeLearned(Schema schema) {
    return settings.schemas() != Schemas.CONFIGURED || schema != null;
  }

  private TopicSchemas schemas(String topic) {
    String name = topic == null ? "" : topic;
    TopicSchemas schemas = topics.get(name);
    if (schemas == null) {
      if (topics.size() >= settings.cacheSize()) {
        forget();
      }
      schemas = topics.computeIfAbsent(name, absent -> new TopicSchemas());
    }
    return schemas;
  }

  /**
   * Keeps the schema of a message that has been converted, if the message consists of nothing but
   * that schema and a payload.
   */
  private void learn(TopicSchemas schemas, byte[] message, Schema schema) {
    try {
      byte[] prefix = settings.schemas() == Schemas.EMBEDDED ? EnvelopePrefix.of(message) : NOTHING;
      if (prefix.length > LONGEST_BYTES || settings.cacheSize() <= 0) {
        return;
      }
      KnownSchema known = KnownSchema.of(prefix, schema, settings.nulls());
      if (known.isReadable()) {
        known.read(message);
      }
      if (keptBytes.addAndGet(prefix.length) > MOST_BYTES) {
        forget();
      }
      schemas.add(known);
    } catch (Unrecognized e) {
      // This message has another form: JsonConverter reads it, and the next one is tried.
    }
  }

  private void forget() {
    topics.clear();
    keptBytes.set(0);
  }
}

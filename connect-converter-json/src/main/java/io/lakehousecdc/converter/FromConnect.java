// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter;

import io.lakehousecdc.converter.ConverterSettings.Schemas;
import io.lakehousecdc.converter.read.EnvelopePrefix;
import io.lakehousecdc.converter.write.JsonOutput;
import io.lakehousecdc.converter.write.KnownOutput;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.connect.data.ConnectSchema;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.storage.Converter;

/**
 * From Connect to JSON. The bytes of a schema that has been written before are written again, with
 * the payload of a compiled writer behind them. {@code JsonConverter} does all the rest.
 * Thread-safe.
 */
final class FromConnect {
  /** Larger buffers are not kept for the next record. */
  private static final int MOST_KEPT_BYTES = 1 << 20;

  private final Converter exact;
  private final ConverterSettings settings;
  private final SchemaWriters writers;
  private final AtomicReference<JsonOutput> buffer = new AtomicReference<>();
  private final Restraint restraint = new Restraint();

  FromConnect(Converter exact, ConverterSettings settings) {
    this.exact = exact;
    this.settings = settings;
    writers = new SchemaWriters(settings.cacheSize());
  }

  /** Converts a value, with the results and the errors of {@code JsonConverter}. */
  byte[] convert(String topic, Schema schema, Object value) {
    // Others may change, builders first of all.
    if (schema == null || schema.getClass() != ConnectSchema.class) {
      return exact.fromConnectData(topic, schema, value);
    }
    KnownOutput known = writers.find(schema);
    if (known != null) {
      restraint.used();
      try {
        return written(known, value);
      } catch (RuntimeException e) {
        return exact.fromConnectData(topic, schema, value);
      }
    }
    byte[] converted = exact.fromConnectData(topic, schema, value);
    if (restraint.permits()) {
      writers.add(schema, learned(schema, value, converted));
    }
    return converted;
  }

  private byte[] written(KnownOutput known, Object value) {
    JsonOutput output = buffer.getAndSet(null);
    if (output == null) {
      output = new JsonOutput();
    }
    output.clear();
    known.write(output, value);
    byte[] bytes = output.toBytes();
    if (output.capacity() <= MOST_KEPT_BYTES) {
      buffer.set(output);
    }
    return bytes;
  }

  /** A writer that has been seen to write what {@code JsonConverter} writes. */
  private KnownOutput learned(Schema schema, Object value, byte[] converted) {
    try {
      byte[] prefix =
          settings.schemas() == Schemas.NONE ? new byte[0] : EnvelopePrefix.of(converted);
      KnownOutput known = KnownOutput.of(prefix, schema, settings.nulls(), settings.decimals());
      return Arrays.equals(written(known, value), converted) ? known : KnownOutput.unknown();
    } catch (RuntimeException e) {
      return KnownOutput.unknown();
    }
  }
}

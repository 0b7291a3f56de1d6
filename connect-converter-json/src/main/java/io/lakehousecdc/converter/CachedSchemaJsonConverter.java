// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.ConverterConfig;
import org.apache.kafka.connect.storage.ConverterType;
import org.apache.kafka.connect.storage.HeaderConverter;

/**
 * Kafka's {@code org.apache.kafka.connect.json.JsonConverter}, several times as fast where records
 * carry their schemas: the same settings, bytes, values and errors, for sources, sinks and headers.
 *
 * <p>A schema makes up most of a message, and is the same in most of them. This converter
 * recognises it by its bytes, and parses, or writes, the payload only, with code compiled for the
 * schema. What it does not recognise, and everything that is in error, is given to a {@code
 * JsonConverter} of the worker it runs in, so that its results are that worker's. Thread-safe, as
 * {@code JsonConverter} is.
 *
 * @see <a href="https://kafka.apache.org/documentation/#connect_running">Converters in Kafka's
 *     documentation</a>
 */
public final class CachedSchemaJsonConverter implements Converter, HeaderConverter {
  private final JsonConverter exact = new JsonConverter();
  private ToConnect toConnect;
  private FromConnect fromConnect;

  /** For the worker. */
  public CachedSchemaJsonConverter() {}

  @Override
  public String version() {
    return PluginVersion.version();
  }

  /** The settings of the worker's {@code JsonConverter}. */
  @Override
  public ConfigDef config() {
    return exact.config();
  }

  @Override
  public void configure(Map<String, ?> configs) {
    exact.configure(configs);
    ConverterSettings settings = ConverterSettings.of(exact.config(), configs);
    toConnect = new ToConnect(exact, settings);
    fromConnect = new FromConnect(exact, settings);
  }

  @Override
  public void configure(Map<String, ?> configs, boolean isKey) {
    Map<String, Object> typed = new HashMap<>(configs);
    ConverterType type = isKey ? ConverterType.KEY : ConverterType.VALUE;
    typed.put(ConverterConfig.TYPE_CONFIG, type.getName());
    configure(typed);
  }

  @Override
  public byte[] fromConnectData(String topic, Schema schema, Object value) {
    return fromConnect.convert(topic, schema, value);
  }

  @Override
  public SchemaAndValue toConnectData(String topic, byte[] value) {
    return value == null ? SchemaAndValue.NULL : toConnect.convert(topic, value);
  }

  @Override
  public byte[] fromConnectHeader(String topic, String headerKey, Schema schema, Object value) {
    return fromConnectData(topic, schema, value);
  }

  @Override
  public SchemaAndValue toConnectHeader(String topic, String headerKey, byte[] value) {
    return toConnectData(topic, value);
  }

  @Override
  public void close() {
    exact.close();
  }
}

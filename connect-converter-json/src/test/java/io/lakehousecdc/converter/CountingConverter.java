// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.storage.Converter;

/** A {@code JsonConverter} that counts what it is asked for. */
final class CountingConverter implements Converter {
  private final JsonConverter converter = new JsonConverter();
  private final AtomicInteger calls = new AtomicInteger();

  /** Conversions since the last call of this method. */
  int calls() {
    return calls.getAndSet(0);
  }

  @Override
  public void configure(Map<String, ?> configs, boolean isKey) {
    converter.configure(configs, isKey);
  }

  @Override
  public byte[] fromConnectData(String topic, Schema schema, Object value) {
    calls.incrementAndGet();
    return converter.fromConnectData(topic, schema, value);
  }

  @Override
  public SchemaAndValue toConnectData(String topic, byte[] value) {
    calls.incrementAndGet();
    return converter.toConnectData(topic, value);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.storage.SimpleHeaderConverter;

/**
 * Events recorded from Debezium 3.7.0.Final on PostgreSQL 15, as {@code JsonConverter} (with
 * schemas, without replacing nulls by defaults) gives them to a sink. {@code recorded/README.md}
 * beside the files describes each line.
 */
public final class RecordedEvents {
  /** A wide table: every kind of placeholder, key change, truncate, DDL, blocking snapshot. */
  public static final String ITEM = "item";

  /** A small table around an incremental snapshot. */
  public static final String PLAIN = "plain";

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String HEADER_START = "__debezium.";

  private RecordedEvents() {}

  /** All records of one file in order, in partition 0 of topic {@code smp.public.<name>}. */
  public static List<SinkRecord> read(String name) {
    String topic = "smp.public." + name;
    Map<String, String> configuration =
        Map.of("schemas.enable", "true", "replace.null.with.default", "false");
    try (JsonConverter keys = new JsonConverter();
        JsonConverter values = new JsonConverter()) {
      keys.configure(configuration, true);
      values.configure(configuration, false);
      List<SinkRecord> records = new ArrayList<>();
      for (String line : lines(name)) {
        JsonNode recorded = MAPPER.readTree(line);
        SchemaAndValue key = keys.toConnectData(topic, bytes(recorded.get("key")));
        SchemaAndValue value = values.toConnectData(topic, bytes(recorded.get("value")));
        records.add(
            new SinkRecord(
                topic,
                0,
                key.schema(),
                key.value(),
                value.schema(),
                value.value(),
                recorded.get("offset").asLong(),
                recorded.at("/value/payload/ts_ms").asLong(0),
                TimestampType.CREATE_TIME,
                headers(topic, recorded.path("headers").asText(""))));
      }
      return records;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the recorded events of " + name, e);
    }
  }

  private static List<String> lines(String name) throws IOException {
    try (InputStream in = RecordedEvents.class.getResourceAsStream("recorded/" + name + ".jsonl")) {
      if (in == null) {
        throw new IllegalArgumentException("no recording is named " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  private static byte[] bytes(JsonNode node) throws IOException {
    return node == null || node.isNull() ? null : MAPPER.writeValueAsBytes(node);
  }

  /** The recording joined "name:value" pairs by commas; all names begin alike. */
  private static ConnectHeaders headers(String topic, String recorded) throws IOException {
    ConnectHeaders headers = new ConnectHeaders();
    if (recorded.isEmpty()) {
      return headers;
    }
    try (SimpleHeaderConverter converter = new SimpleHeaderConverter()) {
      for (String pair : recorded.split(",(?=" + HEADER_START + ")")) {
        int colon = pair.indexOf(':');
        String name = pair.substring(0, colon);
        byte[] text = pair.substring(colon + 1).getBytes(StandardCharsets.UTF_8);
        headers.add(name, converter.toConnectHeader(topic, name, text));
      }
    }
    return headers;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What the builders make has the schemas of what the stock connector emits. */
class RealEventsIT {
  private static Stack stack;

  @BeforeAll
  static void emitOneOfEach() {
    stack = Stack.start();
    PostgresDatabase shop = stack.source().createDatabase("shop");
    shop.execute("create table orders (id bigint primary key, note text)");
    Map<String, String> source = DebeziumSource.configuration(shop, "src", "public.orders");
    source.put("provide.transaction.metadata", "true");
    source.put("skipped.operations", "none");
    source.put("heartbeat.interval.ms", "200");
    stack.connect().register("source", source);
    stack.connect().awaitRunning("source");
    Await.until(
        "the slot streams",
        () ->
            shop.number(
                    "select count(*) from pg_replication_slots where slot_name = 'src' and active")
                == 1);
    shop.execute(
        "insert into orders values (1, 'a')",
        "update orders set note = 'b'",
        "delete from orders",
        "truncate orders",
        "select pg_logical_emit_message(true, 'audit', 'content')");
    Await.until(
        "a heartbeat, a message and c, u, d, tombstone, t",
        () ->
            stack.kafka().client().count("__debezium-heartbeat.src") > 0
                && stack.kafka().client().count("src.message") == 1
                && stack.kafka().client().count("src.public.orders") == 5);
  }

  @AfterAll
  static void stop() {
    if (stack != null) {
      stack.close();
    }
  }

  @TestFactory
  List<DynamicTest> builtEventsHaveTheSchemasOfRealOnes() {
    DebeziumTable orders =
        DebeziumRecords.table("public", "orders")
            .key("id", Schema.INT64_SCHEMA)
            .column("note", Schema.OPTIONAL_STRING_SCHEMA);
    return List.of(
        compared("create", 0, orders.create(1, 1, 1L, "a")),
        compared("update", 1, orders.update(1, 1, 1L, "a")),
        compared("delete", 2, orders.delete(1, 1, 1L)),
        compared("tombstone", 3, orders.tombstone(1L)),
        compared("truncate", 4, orders.truncate(1, 1)),
        compared("heartbeat", 0, DebeziumRecords.heartbeat("src", 1)),
        compared("message", 0, DebeziumRecords.message("src", 1, 1, "audit", new byte[0])),
        compared("begin", 0, DebeziumRecords.begin("src", "1:1", 1)),
        compared("end", 1, DebeziumRecords.end("src", "1:1", 1, Map.of("public.orders", 1L))));
  }

  private static DynamicTest compared(String name, int index, DebeziumEvent event) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          SinkRecord built = event.at(0, 0);
          ConsumerRecord<byte[], byte[]> real =
              stack.kafka().client().consume(event.topic()).get(index);
          assertEquals(schema(real.key(), true), Optional.ofNullable(built.keySchema()));
          assertEquals(schema(real.value(), false), Optional.ofNullable(built.valueSchema()));
        });
  }

  private static Optional<Schema> schema(byte[] json, boolean isKey) {
    try (JsonConverter converter = new JsonConverter()) {
      converter.configure(Map.of("schemas.enable", "true"), isKey);
      return Optional.ofNullable(converter.toConnectData("any", json).schema());
    }
  }
}

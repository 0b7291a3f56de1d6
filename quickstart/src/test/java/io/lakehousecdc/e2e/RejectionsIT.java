package io.lakehousecdc.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.KafkaClient;
import io.lakehousecdc.testkit.Stack;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What bad records and bad settings lead to. */
class RejectionsIT {
  private static final Stack STACK = Lab.stack();

  @Test
  void case32and33BadRecordsGoToTheQueueAndTheTableAndGoodOnesArrive() {
    try (Scenario shop =
        new Scenario("rejections", "create table item (id int primary key, name text)")
            .sink(
                settings -> {
                  settings.put("errors.tolerance", "all");
                  settings.put(
                      "errors.deadletterqueue.topic.name", "rejections.dlq." + System.nanoTime());
                  settings.put("errors.deadletterqueue.topic.replication.factor", "1");
                  settings.put("dead.letter.table", "dead_letters");
                })) {
      shop.warehouse.execute("create table item (id int primary key, name varchar(8))");
      shop.source.execute("insert into item values (1, 'one')");
      shop.start();
      shop.awaitEqual("item");
      KafkaClient client = STACK.kafka().client();
      String topic = shop.name + ".public.item";
      client.produce(topic, 0, null, "{not json");
      client.produce(topic, 0, null, "{\"schema\":{\"type\":\"string\"},\"payload\":\"no event\"}");
      shop.source.execute(
          "insert into item values (2, 'two')",
          "insert into item values (3, 'too long for the warehouse')",
          "insert into item values (4, 'four')");
      shop.awaitCount("item", 3);
      assertEquals(0, shop.warehouse.number("select count(*) from item where id = 3"));
      Await.untilEquals(
          3L, () -> client.count(shop.sinkSettings.get("errors.deadletterqueue.topic.name")));
      assertEquals(2, shop.warehouse.number("select count(*) from dead_letters"));
      assertEquals(
          1,
          shop.warehouse.number(
              "select count(*) from dead_letters where error_message like '%item%'"
                  + " and value like '%too long for the warehouse%'"));
    }
  }

  @Test
  void case27ATableWithoutAKeyIsRefusedClearly() {
    Scenario shop =
        new Scenario(
            "keyless",
            "create table log (v text)",
            "alter table log replica identity full",
            "insert into log values ('x'), ('x'), ('x')");
    shop.startSource();
    shop.connect().register(shop.sinkName(), shop.sinkSettings);
    String trace = shop.connect().awaitFailed(shop.sinkName());
    assertTrue(trace.contains("key.columns"), trace);
    shop.close();
  }

  @Test
  void validationNamesEachWrongKey() {
    Map<String, String> bad = settings();
    bad.put("target", "oracle");
    bad.put("delete.mode", "sometimes");
    bad.put("flush.interval.ms", "-1");
    Map<String, String> errors = errors(bad);
    assertTrue(
        errors.keySet().containsAll(java.util.Set.of("target", "delete.mode", "flush.interval.ms")),
        errors::toString);
  }

  @Test
  void validationTellsAWrongPasswordFromAnUnreachableHostAndAMissingPrivilege() {
    Map<String, String> wrongPassword = settings();
    wrongPassword.put("postgres.password", "wrong");
    assertTrue(
        errors(wrongPassword).toString().toLowerCase(java.util.Locale.ROOT).contains("password"),
        () -> errors(wrongPassword).toString());

    Map<String, String> unreachable = settings();
    unreachable.put("postgres.url", "jdbc:postgresql://127.0.0.1:1/postgres");
    assertTrue(
        errors(unreachable).containsKey("postgres.url"), () -> errors(unreachable).toString());

    STACK.target().execute("drop user if exists reader", "create user reader password 'reads'");
    Map<String, String> unprivileged = settings();
    unprivileged.put("postgres.user", "reader");
    unprivileged.put("postgres.password", "reads");
    assertTrue(
        errors(unprivileged).toString().contains("GRANT"), () -> errors(unprivileged).toString());

    assertEquals(Map.of(), errors(settings()));
  }

  private static Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put("name", "checked");
    settings.put("connector.class", "io.lakehousecdc.sink.LakehouseSinkConnector");
    settings.put("topics", "any");
    settings.put("target", "postgres");
    settings.put("postgres.url", STACK.target().jdbcUrl());
    settings.put("postgres.user", STACK.target().user());
    settings.put("postgres.password", STACK.target().password());
    return settings;
  }

  private static Map<String, String> errors(Map<String, String> settings) {
    JsonNode answer = STACK.connect().validate("LakehouseSinkConnector", settings);
    Map<String, String> errors = new HashMap<>();
    answer
        .path("configs")
        .forEach(
            config -> {
              JsonNode value = config.path("value");
              if (!value.path("errors").isEmpty()) {
                errors.put(value.path("name").asText(), value.path("errors").toString());
              }
            });
    return errors;
  }
}

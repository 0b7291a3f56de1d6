// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.lakehousecdc.testkit.Stack;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests of the worker's answers to invalid settings. */
class ValidationIT {
  private static final Stack STACK = Lab.stack();

  @Test
  void validationNamesEachWrongKey() {
    Map<String, String> bad = settings();
    bad.put("target", "oracle");
    bad.put("delete.mode", "sometimes");
    bad.put("flush.interval.ms", "-1");
    Map<String, String> errors = errors(bad);
    assertTrue(
        errors.keySet().containsAll(Set.of("target", "delete.mode", "flush.interval.ms")),
        errors::toString);
  }

  @Test
  void validationTellsAWrongPasswordFromAnUnreachableHostAndAMissingPrivilege() {
    Map<String, String> wrongPassword = settings();
    wrongPassword.put("postgres.password", "wrong");
    assertTrue(
        errors(wrongPassword).toString().toLowerCase(Locale.ROOT).contains("password"),
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

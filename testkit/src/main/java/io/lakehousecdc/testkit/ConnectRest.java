// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Connect's REST interface as an operator uses it. A call that meets a rebalance (409), or no
 * worker at all while it restarts, is repeated. Safe for use by many threads.
 *
 * @param uri of the worker, without a trailing slash
 */
public record ConnectRest(URI uri) {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int CONFLICT = 409;
  private static final int FIRST_FAILURE = 300;

  /** Creates a connector. */
  public void register(String name, Map<String, String> configuration) {
    ObjectNode body = MAPPER.createObjectNode().put("name", name);
    body.set("config", MAPPER.valueToTree(configuration));
    call("POST", "/connectors", body);
  }

  /** POSTs a file {@code {"name": …, "config": {…}}} as it is; returns the connector's name. */
  public String register(Path file) {
    return register(file, Map.of());
  }

  /** POSTs a file with some of its configuration replaced; returns the connector's name. */
  public String register(Path file, Map<String, String> replaced) {
    try {
      JsonNode body = MAPPER.readTree(file.toFile());
      replaced.forEach(((ObjectNode) body.get("config"))::put);
      call("POST", "/connectors", body);
      return body.get("name").asText();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  /** Creates a connector or changes its configuration. */
  public void configure(String name, Map<String, String> configuration) {
    call("PUT", "/connectors/%s/config".formatted(name), MAPPER.valueToTree(configuration));
  }

  /** Waits until the connector and at least one task run, and none has failed. */
  public void awaitRunning(String name) {
    awaitRunning(name, 1);
  }

  /**
   * Waits until the connector and this many tasks run.
   *
   * @throws AssertionError with the task's stack trace as soon as one has failed
   */
  public void awaitRunning(String name, int tasks) {
    Await.until(
        "connector %s and %d tasks are RUNNING".formatted(name, tasks),
        Await.DEFAULT_TIMEOUT,
        () -> "status: " + status(name),
        () -> {
          JsonNode status = status(name);
          failIfFailed(name, status.get("connector"));
          status.get("tasks").forEach(task -> failIfFailed(name, task));
          return isIn("RUNNING", status.get("connector"))
              && status.get("tasks").size() >= tasks
              && allTasksAre("RUNNING", status);
        });
  }

  /** Waits until a task has failed, and returns its trace. */
  public String awaitFailed(String name) {
    return Await.value(
        "a task of %s is FAILED".formatted(name),
        Await.DEFAULT_TIMEOUT,
        () -> "status: " + status(name),
        () -> {
          for (JsonNode task : status(name).get("tasks")) {
            if (isIn("FAILED", task)) {
              return Optional.of(task.path("trace").asText());
            }
          }
          return Optional.empty();
        });
  }

  /** As {@code GET /connectors/<name>/status}. */
  public JsonNode status(String name) {
    return call("GET", "/connectors/%s/status".formatted(name), null);
  }

  /** As {@code GET /connectors/<name>/tasks}. */
  public JsonNode tasks(String name) {
    return call("GET", "/connectors/%s/tasks".formatted(name), null);
  }

  /** Restarts the connector and all its tasks. */
  public void restart(String name) {
    call("POST", "/connectors/%s/restart?includeTasks=true".formatted(name), null);
  }

  /** Pauses the connector; returns when its tasks are. */
  public void pause(String name) {
    call("PUT", "/connectors/%s/pause".formatted(name), null);
    Await.until(name + " is PAUSED", () -> isSettled("PAUSED", name));
  }

  /** Resumes a paused or stopped connector; returns at once. */
  public void resume(String name) {
    call("PUT", "/connectors/%s/resume".formatted(name), null);
  }

  /** Stops the connector, as needed to alter offsets; returns when it has no task. */
  public void stop(String name) {
    call("PUT", "/connectors/%s/stop".formatted(name), null);
    Await.until(name + " is STOPPED", () -> isSettled("STOPPED", name));
  }

  /** Deletes a connector. */
  public void delete(String name) {
    call("DELETE", "/connectors/" + name, null);
  }

  /** As {@code GET /connectors/<name>/offsets}. */
  public JsonNode offsets(String name) {
    return call("GET", "/connectors/%s/offsets".formatted(name), null);
  }

  /**
   * Moves a stopped sink connector's offset of one partition. Tries again for a while: Connect
   * refuses as long as the connector's tasks are about to end.
   */
  public void alterSinkOffset(String name, String topic, int partition, long offset) {
    ObjectNode body = MAPPER.createObjectNode();
    ObjectNode entry = body.putArray("offsets").addObject();
    entry.putObject("partition").put("kafka_topic", topic).put("kafka_partition", partition);
    entry.putObject("offset").put("kafka_offset", offset);
    Await.until(
        "the tasks of " + name + " have ended, so that its offsets can be moved",
        () -> !call("PATCH", "/connectors/%s/offsets".formatted(name), body).isNull());
  }

  /** Forgets a stopped connector's offsets. */
  public JsonNode resetOffsets(String name) {
    return call("DELETE", "/connectors/%s/offsets".formatted(name), null);
  }

  /** Validates a configuration; {@code plugin} is a class name, simple or whole. */
  public JsonNode validate(String plugin, Map<String, String> configuration) {
    return call(
        "PUT",
        "/connector-plugins/%s/config/validate".formatted(plugin),
        MAPPER.valueToTree(configuration));
  }

  /** The classes of all plugins: connectors, transformations, converters and so on. */
  public Set<String> plugins() {
    Set<String> classes = new TreeSet<>();
    call("GET", "/connector-plugins?connectorsOnly=false", null)
        .forEach(plugin -> classes.add(plugin.get("class").asText()));
    return classes;
  }

  /**
   * Any other call; the body may be null.
   *
   * @throws IllegalStateException on any answer but success
   */
  public JsonNode call(String method, String path, JsonNode body) {
    HttpResponse<String> answer =
        Await.value(
            "%s %s is answered, and not with a rebalance in progress".formatted(method, path),
            Await.DEFAULT_TIMEOUT,
            () -> "",
            () -> Optional.of(send(method, path, body)).filter(each -> !meetsRebalance(each)));
    if (answer.statusCode() >= FIRST_FAILURE) {
      throw new IllegalStateException(
          "%s %s: %d %s".formatted(method, path, answer.statusCode(), answer.body()));
    }
    return parsed(answer.body());
  }

  boolean answers() throws IOException, InterruptedException {
    return send("GET", "/connectors", null).statusCode() == 200;
  }

  private HttpResponse<String> send(String method, String path, JsonNode body)
      throws IOException, InterruptedException {
    HttpRequest.BodyPublisher content =
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body.toString());
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(uri + path))
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .method(method, content)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static boolean meetsRebalance(HttpResponse<String> answer) {
    return answer.statusCode() == CONFLICT && answer.body().contains("rebalance");
  }

  private static JsonNode parsed(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the worker's answer is no JSON: " + json, e);
    }
  }

  private boolean isSettled(String state, String name) {
    JsonNode status = status(name);
    return isIn(state, status.get("connector")) && allTasksAre(state, status);
  }

  private static boolean allTasksAre(String state, JsonNode status) {
    for (JsonNode task : status.get("tasks")) {
      if (!isIn(state, task)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isIn(String state, JsonNode connectorOrTask) {
    return connectorOrTask.get("state").asText().equals(state);
  }

  private static void failIfFailed(String name, JsonNode connectorOrTask) {
    if (isIn("FAILED", connectorOrTask)) {
      throw new Await.Fatal(
          "%s has failed: %s".formatted(name, connectorOrTask.path("trace").asText()));
    }
  }
}

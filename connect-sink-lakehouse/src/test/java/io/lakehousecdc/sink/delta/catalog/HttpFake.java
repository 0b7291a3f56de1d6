// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A service on a free loopback port that answers in JSON, one request at a time. */
public abstract class HttpFake implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final Queue<Integer> failures = new ArrayDeque<>();
  private volatile CountDownLatch gate = new CountDownLatch(0);

  /** What is answered; a body of null is none. */
  record Answer(int status, JsonNode body) {}

  HttpFake() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** What was asked, as {@code GET /path}. */
  public List<String> requests() {
    return requests;
  }

  long count(String request) {
    return requests.stream().filter(request::equals).count();
  }

  /** The next requests fail with these. */
  public synchronized void failNext(int... statuses) {
    for (int status : statuses) {
      failures.add(status);
    }
  }

  /** Holds all answers back. */
  public void hold() {
    gate = new CountDownLatch(1);
  }

  public void release() {
    gate.countDown();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String path = exchange.getRequestURI().toString();
      requests.add(
          exchange.getRequestMethod() + " " + described(path, exchange.getRequestHeaders()));
      gate.await();
      Answer answer;
      synchronized (this) {
        Integer failure = failures.poll();
        answer =
            failure == null
                ? answer(exchange.getRequestMethod(), path, exchange.getRequestHeaders(), body)
                : new Answer(failure, Json.object().put("message", "fault"));
      }
      byte[] bytes =
          answer.body() == null
              ? new byte[0]
              : answer.body().toString().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How a request is written down. */
  String described(String path, Headers headers) {
    return path;
  }

  /** Answers a request; called under the monitor of this. */
  abstract Answer answer(String method, String path, Headers headers, String body);

  @Override
  public void close() {
    release();
    server.stop(0);
    threads.shutdownNow();
  }
}

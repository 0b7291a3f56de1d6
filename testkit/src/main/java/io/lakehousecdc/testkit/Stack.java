// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A complete pipeline: a source and a target PostgreSQL, a broker, and a Connect worker with the
 * Debezium plugin and others that are added. The parts are started in parallel and end with this
 * JVM, however it ends. For one thread at a time.
 */
public final class Stack implements AutoCloseable {
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final UnaryOperator<ConnectWorker.Builder> workerSettings;
  private Map<String, String> environment;
  private PostgresServer source;
  private PostgresServer target;
  private KafkaBroker kafka;
  private ConnectWorker worker;

  private Stack(UnaryOperator<ConnectWorker.Builder> workerSettings) {
    this.workerSettings = workerSettings;
  }

  /** Starts all parts with their default settings. */
  public static Stack start() {
    return builder().start();
  }

  public static Builder builder() {
    return new Builder();
  }

  public PostgresServer source() {
    return source;
  }

  public PostgresServer target() {
    return target;
  }

  public KafkaBroker kafka() {
    return kafka;
  }

  /** The first worker. */
  public ConnectWorker worker() {
    return worker;
  }

  /** The REST interface of the first worker. */
  public ConnectRest connect() {
    return worker.rest();
  }

  /** Starts one more worker in the group of the first, with the same settings. */
  public ConnectWorker startAnotherWorker() {
    return keep(workerSettings.apply(newWorker()).start());
  }

  /** Ends all parts, the last started first, and deletes their data. */
  @Override
  public void close() {
    List<Exception> failures = new ArrayList<>();
    synchronized (parts) {
      while (!parts.isEmpty()) {
        try {
          parts.pop().close();
        } catch (Exception e) { // whatever one part throws, the others have to end too
          failures.add(e);
        }
      }
    }
    if (!failures.isEmpty()) {
      IllegalStateException failure = new IllegalStateException("not all parts ended in order");
      failures.forEach(failure::addSuppressed);
      throw failure;
    }
  }

  private void start(Builder builder) {
    try {
      CompletableFuture<PostgresServer> startedSource =
          inBackground(builder.source.apply(PostgresServer.builder().name("source"))::start);
      CompletableFuture<PostgresServer> startedTarget =
          inBackground(builder.target.apply(PostgresServer.builder().name("target"))::start);
      kafka = keep(builder.kafka.apply(KafkaBroker.builder()).start());
      source = startedSource.join();
      target = startedTarget.join();
      environment = builder.environment.apply(this);
      worker = keep(workerSettings.apply(newWorker()).start());
    } catch (CompletionException e) {
      close();
      throw new IllegalStateException("a PostgreSQL does not start", e.getCause());
    } catch (RuntimeException | AssertionError e) {
      close();
      throw e;
    }
  }

  private ConnectWorker.Builder newWorker() {
    return ConnectWorker.builder(kafka.bootstrapServers())
        .plugins(Plugins.debezium())
        .environment(environment);
  }

  private <T extends AutoCloseable> CompletableFuture<T> inBackground(Supplier<T> start) {
    return CompletableFuture.supplyAsync(() -> keep(start.get()));
  }

  private <T extends AutoCloseable> T keep(T part) {
    synchronized (parts) {
      parts.push(part);
    }
    return part;
  }

  /** The settings of a stack to start. Not thread-safe. */
  public static final class Builder {
    private UnaryOperator<PostgresServer.Builder> source = UnaryOperator.identity();
    private UnaryOperator<PostgresServer.Builder> target = UnaryOperator.identity();
    private UnaryOperator<KafkaBroker.Builder> kafka = UnaryOperator.identity();
    private UnaryOperator<ConnectWorker.Builder> worker = UnaryOperator.identity();
    private Function<Stack, Map<String, String>> environment = stack -> Map.of();

    private Builder() {}

    /** Changes the source's settings. */
    public Builder source(UnaryOperator<PostgresServer.Builder> settings) {
      source = settings;
      return this;
    }

    /** Changes the target's settings. */
    public Builder target(UnaryOperator<PostgresServer.Builder> settings) {
      target = settings;
      return this;
    }

    /** Changes the broker's settings. */
    public Builder kafka(UnaryOperator<KafkaBroker.Builder> settings) {
      kafka = settings;
      return this;
    }

    /** Changes the settings of this and every further worker, for instance to add plugins. */
    public Builder worker(UnaryOperator<ConnectWorker.Builder> settings) {
      worker = settings;
      return this;
    }

    /**
     * Variables for {@code ${env:NAME}} in connectors' configurations; the stack's databases and
     * broker run already when they are asked for.
     */
    public Builder environment(Function<Stack, Map<String, String>> variables) {
      environment = variables;
      return this;
    }

    /** Starts all; everything answers when this returns. */
    public Stack start() {
      Stack stack = new Stack(worker);
      stack.start(this);
      return stack;
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import io.lakehousecdc.sink.metrics.Histogram;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What the requests to a store come to, by kind. Thread-safe. */
public final class StoreFigures {

  /** A kind of request, as stores charge for them. */
  public enum Operation {
    /** Reads a file, or a part of it. */
    GET,
    /** Asks for the size of a file. */
    HEAD,
    /** Reads a page of a listing. */
    LIST,
    /** Writes a file, or a part of it. */
    PUT,
    /** Writes a file if there is none. */
    PUT_IF_ABSENT,
    /** Removes files. */
    DELETE;

    /** Whether it changes files. */
    boolean writes() {
      return this == PUT || this == PUT_IF_ABSENT || this == DELETE;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private static final class Figures {
    final LongAdder requests = new LongAdder();
    final LongAdder bytes = new LongAdder();
  }

  private final Map<Operation, Figures> byOperation = new EnumMap<>(Operation.class);
  private final Histogram reading = new Histogram();
  private final Histogram writing = new Histogram();
  private final LongAdder retries = new LongAdder();
  private final LongAdder throttles = new LongAdder();

  public StoreFigures() {
    for (Operation operation : Operation.values()) {
      byOperation.put(operation, new Figures());
    }
  }

  /**
   * A request has ended, whatever its end. Each try of one that is repeated is a request.
   *
   * @param nanos time from its beginning to its end
   * @param bytes bytes of content, sent or received
   */
  public void ended(Operation operation, long nanos, long bytes) {
    Figures figures = byOperation.get(operation);
    figures.requests.increment();
    figures.bytes.add(bytes);
    (operation.writes() ? writing : reading).record(nanos / 1_000);
  }

  /** A request is repeated after a failure. */
  public void retried() {
    retries.increment();
  }

  /** The store has asked for fewer requests (429, 503). */
  public void throttled() {
    throttles.increment();
  }

  /** Number of requests of a kind so far. */
  public long requests(Operation operation) {
    return byOperation.get(operation).requests.sum();
  }

  /** Number of requests of all kinds so far. */
  public long requests() {
    return byOperation.values().stream().mapToLong(figures -> figures.requests.sum()).sum();
  }

  /**
   * Time that requests which read files, or ask for them, took in the last one to two minutes.
   *
   * @return microseconds; 0 where there were none
   */
  public long readMicros(double quantile) {
    return reading.quantile(quantile);
  }

  /**
   * Time that requests which write or remove files took in the last one to two minutes.
   *
   * @return microseconds; 0 where there were none
   */
  public long writeMicros(double quantile) {
    return writing.quantile(quantile);
  }

  /** Bytes of content sent or received by requests of a kind so far. */
  public long bytes(Operation operation) {
    return byOperation.get(operation).bytes.sum();
  }

  /** Number of requests that were repeated. */
  public long retries() {
    return retries.sum();
  }

  /** Number of answers that asked for fewer requests. */
  public long throttles() {
    return throttles.sum();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.s3;

import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.sink.delta.storage.StoreFigures.Operation;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Sends requests and repeats those that may be repeated, with pauses that grow, and that are random
 * so that those who fail together do not come back together. Counts each try. Thread-safe.
 *
 * <p>Each try runs on a thread of the pool. A thread that waits for a socket does not hear an
 * interrupt; the caller, who waits for that thread, does, and leaves it alone.
 */
final class S3Requests implements AutoCloseable {
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 10_000;
  private static final long CLOSING_SECONDS = 2;

  private final ExecutorService threads;
  private final StoreFigures figures;
  private final int retries;
  private final Duration patience;
  private final Duration writePatience;

  private S3Requests(
      ExecutorService threads,
      StoreFigures figures,
      int retries,
      Duration patience,
      Duration writePatience) {
    this.threads = threads;
    this.figures = figures;
    this.retries = retries;
    this.patience = patience;
    this.writePatience = writePatience;
  }

  /**
   * @param retries how many times a request is repeated at most
   * @param patience how long a try may take at most
   * @param writePatience the same of a try that writes
   */
  static S3Requests of(
      StoreFigures figures, int retries, Duration patience, Duration writePatience) {
    ExecutorService threads =
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work, "delta-s3");
              thread.setDaemon(true);
              // Credentials are looked for at the first request, by classes found through it.
              thread.setContextClassLoader(S3Requests.class.getClassLoader());
              return thread;
            });
    return new S3Requests(threads, figures, retries, patience, writePatience);
  }

  /** The same threads and figures, with other limits. */
  S3Requests within(int otherRetries, Duration otherPatience) {
    return new S3Requests(threads, figures, otherRetries, otherPatience, otherPatience);
  }

  /**
   * Sends a request that comes to the same however often it is done.
   *
   * @param location for messages
   * @param bytes bytes of content of a try that has succeeded
   * @throws java.io.FileNotFoundException the file to read is not there
   * @throws InterruptedIOException the thread was interrupted, and is so still
   */
  <R> R send(Operation operation, String location, Callable<R> request, ToLongFunction<R> bytes)
      throws IOException {
    return send(operation, location, request, bytes, S3Failures::passes);
  }

  /**
   * Sends a request that is not repeated unless the store says that it has not done it.
   *
   * @param bytes bytes of content
   * @throws java.nio.file.FileAlreadyExistsException the store says so
   */
  void sendOnce(Operation operation, String location, Callable<?> request, long bytes)
      throws IOException {
    send(operation, location, request, done -> bytes, S3Failures::isUndone);
  }

  /** Has something done by a thread of the pool, which may send requests. */
  <R> Future<R> inBackground(Callable<R> work) throws IOException {
    try {
      return threads.submit(work);
    } catch (RejectedExecutionException closed) {
      throw new IOException("The store is closed", closed);
    }
  }

  /** Lets requests under way end, such as those that tidy up, and ends those that take long. */
  @Override
  public void close() {
    threads.shutdown();
    try {
      if (threads.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    threads.shutdownNow();
  }

  private <R> R send(
      Operation operation,
      String location,
      Callable<R> request,
      ToLongFunction<R> bytes,
      Predicate<Throwable> repeatable)
      throws IOException {
    Duration limit =
        operation == Operation.PUT || operation == Operation.PUT_IF_ABSENT
            ? writePatience
            : patience;
    for (int failures = 0; ; failures++) {
      Throwable failure;
      try {
        return tried(inBackground(() -> counted(operation, request, bytes)), location, limit);
      } catch (InterruptedIOException leaving) {
        throw leaving;
      } catch (ExecutionException failed) {
        failure = failed.getCause();
      } catch (TimeoutException late) {
        failure = new SocketTimeoutException("no answer within " + limit.toSeconds() + " s");
      }
      if (!(failure instanceof SdkException || failure instanceof IOException)) {
        throw new IllegalStateException(operation + " of " + location + " failed", failure);
      }
      if (failures >= retries || !repeatable.test(failure)) {
        throw S3Failures.of(operation, location, failure);
      }
      figures.retried();
      pause(failures, location);
    }
  }

  private <R> R tried(Future<R> request, String location, Duration limit)
      throws IOException, ExecutionException, TimeoutException {
    try {
      return request.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      request.cancel(true);
      throw interrupted(location);
    } catch (TimeoutException e) {
      request.cancel(true);
      throw e;
    }
  }

  private <R> R counted(Operation operation, Callable<R> request, ToLongFunction<R> bytes)
      throws Exception {
    long begin = System.nanoTime();
    long content = 0;
    try {
      R result = request.call();
      content = bytes.applyAsLong(result);
      return result;
    } catch (Exception e) {
      if (S3Failures.isThrottle(e)) {
        figures.throttled();
      }
      throw e;
    } finally {
      figures.ended(operation, System.nanoTime() - begin, content);
    }
  }

  private static void pause(int failures, String location) throws InterruptedIOException {
    long most = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(failures, 10));
    try {
      Thread.sleep(ThreadLocalRandom.current().nextLong(most / 2, most));
    } catch (InterruptedException e) {
      throw interrupted(location);
    }
  }

  private static InterruptedIOException interrupted(String location) {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("Interrupted while " + location + " was worked on");
  }
}

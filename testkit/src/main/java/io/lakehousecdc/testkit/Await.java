// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Methods that wait for a condition, so that no test sleeps for a guessed time. A probe that throws
 * counts as not yet true; its last exception becomes the cause of the failure.
 */
public final class Await {
  /** Generous for a loaded machine with two cores; a passing test never waits this long. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private Await() {}

  /** Waits up to {@link #DEFAULT_TIMEOUT} until the condition holds. */
  public static void until(String what, Callable<Boolean> condition) {
    until(what, DEFAULT_TIMEOUT, condition);
  }

  /**
   * Waits until the condition holds.
   *
   * @param what names the condition in the failure, "the task is RUNNING"
   * @throws AssertionError when the time is over
   */
  public static void until(String what, Duration timeout, Callable<Boolean> condition) {
    until(what, timeout, () -> "", condition);
  }

  /** As above; {@code details} is asked for what to add to the failure, such as a log's end. */
  public static void until(
      String what, Duration timeout, Supplier<String> details, Callable<Boolean> condition) {
    value(
        what,
        timeout,
        details,
        () -> condition.call() ? Optional.of(Boolean.TRUE) : Optional.empty());
  }

  /** Waits up to {@link #DEFAULT_TIMEOUT} until the probe gives a value that equals this one. */
  public static <T> void untilEquals(T expected, Callable<T> probe) {
    AtomicReference<T> last = new AtomicReference<>();
    until(
        "value " + expected,
        DEFAULT_TIMEOUT,
        () -> "last value: " + last.get(),
        () -> {
          last.set(probe.call());
          return expected.equals(last.get());
        });
  }

  /**
   * Waits until the probe gives a value, and returns it.
   *
   * @throws AssertionError when the time is over
   */
  @SuppressWarnings("CatchingUnchecked") // any failure of a probe means "not yet"
  public static <T> T value(
      String what, Duration timeout, Supplier<String> details, Callable<Optional<T>> probe) {
    long deadline = System.nanoTime() + timeout.toNanos();
    Throwable last = null;
    do {
      long start = System.nanoTime();
      try {
        Optional<T> value = probe.call();
        if (value.isPresent()) {
          return value.get();
        }
        last = null;
      } catch (Fatal fatal) {
        throw new AssertionError(what + ": " + fatal.getMessage(), fatal);
      } catch (Exception notYet) {
        last = notYet;
      }
      LockSupport.parkNanos(pauseAfter(System.nanoTime() - start));
      if (Thread.interrupted()) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted while waiting for: " + what);
      }
    } while (System.nanoTime() < deadline);
    throw new AssertionError(
        "not within %d ms: %s. %s".formatted(timeout.toMillis(), what, details.get()), last);
  }

  /** A costly probe pauses as long as it took: what it waits for needs the processors, too. */
  private static long pauseAfter(long probeNanos) {
    return Math.min(LONGEST_PAUSE.toNanos(), Math.max(SHORTEST_PAUSE.toNanos(), probeNanos));
  }

  /** Thrown by a probe when waiting longer is pointless. */
  public static final class Fatal extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Ends the wait at once with this message. */
    public Fatal(String message) {
      super(message);
    }
  }
}

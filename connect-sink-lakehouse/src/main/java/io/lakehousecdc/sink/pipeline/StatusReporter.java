// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.spi.StatusWrites;
import io.lakehousecdc.sink.spi.TableStatus;
import io.lakehousecdc.sink.spi.Target;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that stores the status of tables where no commit has taken it along: for targets that
 * store it apart, and for tasks that are idle or fail. A failure is logged, and changes nothing
 * else.
 */
final class StatusReporter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StatusReporter.class);
  private static final long TICK_MILLIS = 200;

  /** How long a commit is waited for that may take it along. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(30);
  private static final Duration SILENCE = Duration.ofHours(1);
  private static final Duration CLOSING = Duration.ofSeconds(3);

  private final Target target;
  private final StatusBook book;
  private final Duration grace;
  private final Thread thread;
  private boolean closed;
  private long pausedUntil = System.nanoTime();
  private long saidAt = System.nanoTime() - SILENCE.toNanos();

  StatusReporter(String name, Target target, StatusBook book) {
    this.target = target;
    this.book = book;
    this.grace = target.statusWrites() == StatusWrites.APART ? Duration.ZERO : GRACE;
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
    if (!book.isOff()) {
      thread.start();
    }
  }

  private void run() {
    // So that the first commit finds what it is to be stored in.
    report(List.of());
    while (awaitTick()) {
      if (book.isDue(grace) && System.nanoTime() - pausedUntil >= 0) {
        report(book.take());
      }
    }
    List<TableStatus> rest = book.take();
    if (!rest.isEmpty()) {
      report(rest);
    }
  }

  private synchronized boolean awaitTick() {
    try {
      if (!closed) {
        wait(TICK_MILLIS);
      }
    } catch (InterruptedException e) {
      closed = true;
    }
    return !closed;
  }

  private void report(List<TableStatus> status) {
    try {
      target.report(status);
      if (!status.isEmpty()) {
        book.stored();
      }
    } catch (RuntimeException e) {
      book.giveBack(status);
      long now = System.nanoTime();
      pausedUntil = now + PAUSE_AFTER_FAILURE.toNanos();
      if (now - saidAt >= SILENCE.toNanos()) {
        saidAt = now;
        LOG.warn(
            "The status of tables (_cdc_status) could not be stored: {} It is tried again; commits"
                + " go on without it. status.interval.ms=-1 turns it off. This is said once an hour.",
            e.getMessage());
      }
    }
  }

  /** Stores what is left, if that is possible soon. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    try {
      thread.join(CLOSING.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

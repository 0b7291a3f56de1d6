// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The progress of work on whole tables, in the log and as figures of the target. Thread-safe. */
public final class Progress {
  private static final Logger LOG = LoggerFactory.getLogger(Progress.class);
  private static final long LOG_INTERVAL = TimeUnit.SECONDS.toNanos(10);

  private final AtomicLong running = new AtomicLong();
  private final AtomicLong rows = new AtomicLong();

  /** Begins a piece of work. */
  public Work begin(String description) {
    running.incrementAndGet();
    LOG.info("{}: begins", description);
    return new Work(description);
  }

  /** Figures by metric name; for any thread. */
  public Map<String, LongSupplier> gauges() {
    return Map.of(
        "postgres-maintenance-running", running::get, "postgres-maintenance-rows", rows::get);
  }

  /** A piece of work, until it is closed. For one thread. */
  public final class Work implements AutoCloseable {
    private final String description;
    private final long began = System.nanoTime();
    private long loggedAt = began;
    private long done;

    private Work(String description) {
      this.description = description;
    }

    /** Rows have been changed. */
    void changed(long more) {
      done += more;
      rows.addAndGet(more);
      long now = System.nanoTime();
      if (now - loggedAt > LOG_INTERVAL) {
        loggedAt = now;
        LOG.info("{}: {} rows so far, after {} s", description, done, seconds(now));
      }
    }

    @Override
    public void close() {
      running.decrementAndGet();
      LOG.info("{}: ends with {} rows, after {} s", description, done, seconds(System.nanoTime()));
    }

    private long seconds(long now) {
      return TimeUnit.NANOSECONDS.toSeconds(now - began);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.error.TargetException;
import io.lakehousecdc.sink.spi.PendingSweep;
import io.lakehousecdc.sink.spi.Target;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the target which sweeps wait, between commits on the writer thread, and keeps the answers
 * for the task thread. Where a connector has several tasks, a task without anything to write has to
 * ask too: only by asking does it hear that a snapshot has ended which another task reads the last
 * row of. Thread-safe.
 */
final class SweepInquiry {
  private static final Logger LOG = LoggerFactory.getLogger(SweepInquiry.class);

  private final Target target;
  private final PipelineOptions.Sweeping options;
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  private volatile Set<String> topics = Set.of();
  private volatile long askedAt = System.nanoTime();

  /** Requests that have been committed, and what waits since. */
  private record Answer(Collection<Sweeps.Due> requests, Set<PendingSweep> pending) {}

  SweepInquiry(Target target, PipelineOptions.Sweeping options) {
    this.target = target;
    this.options = options;
  }

  /** Topics of the partitions that the task holds; none where snapshots are of no interest. */
  void topics(Set<String> held) {
    topics = Set.copyOf(held);
    answers.clear();
  }

  /** Whether other tasks may have begun a sweep since the target was asked last. */
  boolean isDue() {
    return options.tasks() > 1
        && !topics.isEmpty()
        && System.nanoTime() - askedAt > options.quiet().toNanos();
  }

  /** Asks, if this batch requested a sweep or it is time to. On the writer thread. */
  void committed(SealedBatch batch) {
    if (batch.content().sweeps().isEmpty() && !isDue()) {
      return;
    }
    askedAt = System.nanoTime();
    try {
      answers.add(new Answer(List.copyOf(batch.content().sweeps()), target.pendingSweeps(topics)));
    } catch (TargetException e) {
      // A task that only asks does not fail: if something is wrong, its next commit will tell.
      LOG.debug("Which sweeps wait is asked again later", e);
    }
  }

  /** Hands over what was answered. On the task thread. */
  void report(Sweeps sweeps) {
    for (Answer each = answers.poll(); each != null; each = answers.poll()) {
      sweeps.learn(each.requests(), each.pending());
    }
  }
}

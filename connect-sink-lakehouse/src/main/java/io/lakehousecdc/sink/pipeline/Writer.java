// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The writer thread of a task and the queue of batches before it. Commits in order, except what is
 * {@link HeldBack}; after a failure it drops what is queued and waits to be {@link #reset}.
 * Thread-safe.
 */
final class Writer implements AutoCloseable {
  /** How long a target is asked to cancel what it does before it is aborted. */
  private static final Duration CANCELLING = Duration.ofSeconds(5);

  private static final Duration CANCEL_INTERVAL = Duration.ofMillis(500);
  private static final Duration CLOSING = Duration.ofSeconds(30);

  private final Committer committer;
  private final Consumer<SealedBatch> committed;
  private final Monitor monitor = new Monitor();
  private final ArrayDeque<SealedBatch> queue = new ArrayDeque<>();
  private final HeldBack held;
  private final WorkTimes times;
  private final Thread thread;
  private boolean busy;
  private boolean closed;
  private RuntimeException failure;

  /** How often what was queued or held back has been dropped. */
  private long drops;

  /**
   * @param committed told of every committed batch, on the writer thread
   * @param clock as {@link System#nanoTime}
   */
  Writer(String name, Committer committer, Consumer<SealedBatch> committed, LongSupplier clock) {
    this.committer = committer;
    this.committed = committed;
    this.times = new WorkTimes(clock);
    this.held = new HeldBack(name + "-maintenance", monitor, committer, this::stop);
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Queues a batch; dropped where the writer has failed. */
  void submit(SealedBatch batch) {
    monitor.change(
        () -> {
          if (failure == null) {
            held.learn(batch.histories());
            queue.add(batch);
            if (queue.size() == 1) {
              committer.prepare(batch);
            }
          }
        });
  }

  /** Takes no more batches, as if it had failed; those that it has may still be committed. */
  void fail(Throwable cause) {
    monitor.change(
        () ->
            failure =
                cause instanceof RuntimeException problem
                    ? problem
                    : new FatalException("A record could not be taken in: " + cause, cause));
  }

  /** Batches that wait, the one being committed and those held back not counted. */
  int queued() {
    return monitor.read(queue::size);
  }

  /** What it does, or has done last; held back batches that wait for maintenance do not count. */
  IdleFlush.Activity activity() {
    return monitor.read(
        () -> {
          if (busy) {
            return times.working();
          }
          // A batch that the thread has yet to take: the times are those of the one before.
          return queue.isEmpty() ? times.resting() : WorkTimes.NOT_YET_BEGUN;
        });
  }

  /** Whether batches are held back. */
  boolean holdsBack() {
    return !held.isEmpty();
  }

  /** The failure that stopped the writer; null where it works. */
  RuntimeException failure() {
    return monitor.read(() -> failure);
  }

  /** Topics whose tables are under maintenance, and which need not be read until it ends. */
  Set<String> pausedTopics() {
    return held.pausedTopics();
  }

  /** Estimated size of the batches that wait for maintenance. */
  long heldBytes() {
    return held.bytes();
  }

  /** Waits until at most {@code batches} are queued, or the writer failed; false on timeout. */
  boolean awaitRoom(int batches, Duration patience) {
    return monitor.await(() -> queue.size() <= batches || failure != null, patience);
  }

  /**
   * Waits until nothing is queued, in flight or held back, or the writer failed; false on timeout.
   */
  boolean awaitIdle(Duration patience) {
    return monitor.await(() -> isIdle() && held.isEmpty() || failure != null, patience);
  }

  /** As {@link #awaitIdle}, but false at once where nothing is left to do but maintenance. */
  boolean awaitHandOver(Duration patience) {
    return monitor.await(
            () -> isIdle() && (held.isEmpty() || held.isMaintaining()) || failure != null, patience)
        && awaitIdle(Duration.ZERO);
  }

  private boolean isIdle() {
    return queue.isEmpty() && !busy;
  }

  /**
   * Drops what is queued, cancels what is in flight, and makes ready for new batches.
   *
   * @return false where what is in flight did not end in time, whatever was tried
   */
  boolean reset(Duration patience) {
    boolean ended = end(patience);
    monitor.change(() -> failure = null);
    return ended;
  }

  @Override
  public void close() {
    monitor.change(
        () -> {
          closed = true;
          clear();
        });
    held.close();
    end(CLOSING);
    try {
      thread.join(CLOSING.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void clear() {
    drops++;
    queue.clear();
    held.clear();
  }

  private void stop(RuntimeException problem) {
    monitor.change(
        () -> {
          // The first one tells why: what else was going on may have failed because of it.
          failure = failure == null ? problem : failure;
          clear();
        });
  }

  /**
   * Drops what waits, and ends what is in flight: interrupts the threads, and has the target
   * cancelled, again and again, since one request may come between two statements. A target that
   * does not answer to that is aborted.
   */
  private boolean end(Duration patience) {
    long began = System.nanoTime();
    while (interrupted()) {
      long elapsed = System.nanoTime() - began;
      if (elapsed < CANCELLING.toNanos()) {
        committer.cancel();
      } else {
        committer.abort();
      }
      long left = patience.toNanos() - (System.nanoTime() - began);
      if (!monitor.await(
              () -> !isAtWork(), Duration.ofNanos(Math.min(left, CANCEL_INTERVAL.toNanos())))
          && left <= 0) {
        return false;
      }
    }
    return true;
  }

  private boolean isAtWork() {
    return busy || held.isWorking();
  }

  /**
   * Drops what waits, what a thread at work has added to it included, and interrupts these threads;
   * false where none is.
   */
  private boolean interrupted() {
    return monitor.read(
        () -> {
          clear();
          if (busy) {
            thread.interrupt();
          }
          held.interrupt();
          return isAtWork();
        });
  }

  private void run() {
    while (awaitWork()) {
      RuntimeException problem = null;
      try {
        work();
      } catch (InterruptedException e) {
        problem = new FatalException("Writing was interrupted", e);
      } catch (RuntimeException e) {
        // Whatever it is, the task thread has to hear of it: it fails the task with it.
        problem = e;
      } catch (Throwable e) {
        problem = new FatalException("Writing failed: " + e, e);
      }
      done(problem);
    }
  }

  /** Waits for something to do; false where the writer was closed instead. */
  private boolean awaitWork() {
    return monitor.read(
        () -> {
          monitor.await(() -> !queue.isEmpty() || held.ready().isPresent() || closed);
          busy = !closed;
          times.begin();
          return busy;
        });
  }

  private void work() throws InterruptedException {
    Optional<SealedBatch> maintained = held.ready();
    if (maintained.isPresent()) {
      SealedBatch batch = held.current(maintained.get());
      committed.accept(committer.commit(batch, this::joinAfterMaintenance));
      held.committedFirst();
      return;
    }
    Polled next = poll();
    if (next == null) {
      return;
    }
    monitor.change(
        () -> {
          if (!queue.isEmpty()) {
            committer.prepare(queue.peek());
          }
        });
    Optional<SealedBatch> free = free(next);
    if (free.isPresent()) {
      Following following = new Following();
      committed.accept(committer.commit(free.get(), following));
      if (following.hasJoinedHeldBack) {
        held.committedFirst();
      }
    }
  }

  /**
   * A batch taken out of the queue.
   *
   * @param drops their number at that time: another one means that it is dropped as well
   */
  private record Polled(SealedBatch batch, long drops) {}

  /** The next batch; null where the queue was cleared meanwhile. */
  private Polled poll() {
    Polled[] next = new Polled[1];
    monitor.change(() -> next[0] = queue.isEmpty() ? null : new Polled(queue.poll(), drops));
    return next[0] == null ? null : new Polled(held.current(next[0].batch()), next[0].drops());
  }

  /** What of a batch can be committed now; the rest is held back. */
  private Optional<SealedBatch> free(Polled polled) {
    Optional<SealedBatch> free = free(polled, Set.of());
    Set<TableId> needing = free.map(committer::needingMaintenance).orElse(Set.of());
    return needing.isEmpty() ? free : free(new Polled(free.get(), polled.drops()), needing);
  }

  /** Nothing of a batch whose predecessors were dropped: it builds on them. */
  private Optional<SealedBatch> free(Polled polled, Set<TableId> needing) {
    SealedBatch.Split split = polled.batch().split(held.topicsToHold(polled.batch(), needing));
    return monitor.read(
        () -> {
          if (drops != polled.drops()) {
            return Optional.empty();
          }
          split.chosen().ifPresent(chosen -> held.add(chosen, needing));
          return split.rest();
        });
  }

  /** What may follow a batch that was not held back: also what was, once it can be committed. */
  private final class Following implements Committer.Following {
    private boolean hasJoinedHeldBack;

    @Override
    public Optional<SealedBatch> join(SealedBatch batch, Duration patience)
        throws InterruptedException {
      if (hasJoinedHeldBack) {
        return joinAfterMaintenance(batch, patience);
      }
      long giveUpAt = System.nanoTime() + TimeUnit.NANOSECONDS.convert(patience);
      monitor.awaitUntil(() -> !queue.isEmpty() || held.ready().isPresent(), giveUpAt);
      Optional<SealedBatch> maintained = held.ready();
      Optional<SealedBatch> joined = maintained.flatMap(batch::tryJoin);
      // It stays the first until both are committed: those behind it build on it.
      hasJoinedHeldBack = joined.isPresent() && held.ready().equals(maintained);
      return hasJoinedHeldBack
          ? joined
          : Writer.this.join(batch, Duration.ofNanos(giveUpAt - System.nanoTime()));
    }

    @Override
    public boolean waitForMaintenance() {
      return held.isMaintaining();
    }
  }

  /** Joins what waits behind a batch that was held back, or else what comes next. */
  private Optional<SealedBatch> joinAfterMaintenance(SealedBatch batch, Duration patience)
      throws InterruptedException {
    SealedBatch second = held.second();
    Optional<SealedBatch> joined = second == null ? Optional.empty() : batch.tryJoin(second);
    return joined.isPresent() && held.takeSecond(second) ? joined : join(batch, patience);
  }

  private Optional<SealedBatch> join(SealedBatch batch, Duration patience)
      throws InterruptedException {
    long giveUpAt = System.nanoTime() + TimeUnit.NANOSECONDS.convert(patience);
    monitor.awaitUntil(() -> !queue.isEmpty(), giveUpAt);
    SealedBatch next = monitor.read(queue::peek);
    if (next == null || !isFree(next)) {
      return Optional.empty();
    }
    // Without the lock, which the task thread needs: joining takes as long as filling the batches.
    Optional<SealedBatch> joined = batch.tryJoin(next);
    if (joined.isEmpty()) {
      // Only another task can help now: trying again at once would keep the target busy.
      monitor.awaitUntil(() -> false, giveUpAt);
      return Optional.empty();
    }
    return takeNext(next, () -> {}) ? joined : Optional.empty();
  }

  /**
   * Whether nothing of the next batch has to wait for maintenance; if not, what remains of it takes
   * its place in the queue.
   */
  private boolean isFree(SealedBatch next) {
    SealedBatch.Split split = next.split(held.topicsToHold(next, Set.of()));
    if (split.chosen().isEmpty()) {
      return true;
    }
    takeNext(
        next,
        () -> {
          held.add(split.chosen().get(), Set.of());
          split.rest().ifPresent(queue::addFirst);
        });
    return false;
  }

  /**
   * Takes a batch out of the queue, and does something in the same moment; false where the queue
   * was cleared meanwhile.
   */
  private boolean takeNext(SealedBatch next, Runnable then) {
    return monitor.read(
        () -> {
          if (queue.peek() != next) {
            return false;
          }
          monitor.change(queue::poll);
          then.run();
          return true;
        });
  }

  private void done(RuntimeException problem) {
    monitor.change(
        () -> {
          busy = false;
          times.end();
          if (problem != null) {
            stop(problem);
          }
          // An interrupt meant for the batch that just ended must not reach the next one.
          Thread.interrupted();
        });
  }
}

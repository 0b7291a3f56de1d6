// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.error.FatalException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The writer thread of a task and the queue of batches before it. Commits in order; after a failure
 * it drops what is queued and waits to be {@link #reset}. Thread-safe.
 */
final class Writer implements AutoCloseable {
  /** How long a target is asked to cancel what it does before it is aborted. */
  private static final Duration CANCELLING = Duration.ofSeconds(5);

  private static final Duration CANCEL_INTERVAL = Duration.ofMillis(500);
  private static final Duration CLOSING = Duration.ofSeconds(30);

  private final Committer committer;
  private final Consumer<SealedBatch> committed;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<SealedBatch> queue = new ArrayDeque<>();
  private final Thread thread;
  private boolean busy;
  private boolean closed;
  private RuntimeException failure;

  /**
   * @param committed told of every committed batch, on the writer thread
   */
  Writer(String name, Committer committer, Consumer<SealedBatch> committed) {
    this.committer = committer;
    this.committed = committed;
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Queues a batch; dropped where the writer has failed. */
  void submit(SealedBatch batch) {
    lock.lock();
    try {
      if (failure == null) {
        queue.add(batch);
        changed.signalAll();
        if (queue.size() == 1) {
          committer.prepare(batch);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more batches, as if it had failed; those that it has may still be committed. */
  void fail(Throwable cause) {
    lock.lock();
    try {
      failure =
          cause instanceof RuntimeException problem
              ? problem
              : new FatalException("A record could not be taken in: " + cause, cause);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Batches that wait, the one being committed not counted. */
  int queued() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  /** The failure that stopped the writer; null where it works. */
  RuntimeException failure() {
    lock.lock();
    try {
      return failure;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until at most {@code batches} are queued, or the writer failed; false on timeout. */
  boolean awaitRoom(int batches, Duration patience) {
    return await(() -> queue.size() <= batches || failure != null, patience);
  }

  /** Waits until nothing is queued or in flight, or the writer failed; false on timeout. */
  boolean awaitIdle(Duration patience) {
    return await(() -> queue.isEmpty() && !busy || failure != null, patience);
  }

  /**
   * Drops what is queued, cancels what is in flight, and makes ready for new batches.
   *
   * @return false where the batch in flight did not end in time, whatever was tried
   */
  boolean reset(Duration patience) {
    lock.lock();
    try {
      queue.clear();
    } finally {
      lock.unlock();
    }
    boolean ended = end(patience);
    lock.lock();
    try {
      queue.clear();
      failure = null;
    } finally {
      lock.unlock();
    }
    return ended;
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      queue.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    end(CLOSING);
    try {
      thread.join(CLOSING.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Ends what is in flight: interrupts the thread, and has the target cancelled, again and again,
   * since one request may come between two statements. A target that does not answer to that is
   * aborted.
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
      if (!await(() -> !busy, Duration.ofNanos(Math.min(left, CANCEL_INTERVAL.toNanos())))
          && left <= 0) {
        return false;
      }
    }
    return true;
  }

  /** Interrupts the thread if it is at work; false where it is not. */
  private boolean interrupted() {
    lock.lock();
    try {
      if (busy) {
        thread.interrupt();
      }
      return busy;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    while (true) {
      SealedBatch batch = take();
      if (batch == null) {
        return;
      }
      RuntimeException problem = null;
      try {
        prepareNext();
        committed.accept(committer.commit(batch, this::join));
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

  private SealedBatch take() {
    lock.lock();
    try {
      while (queue.isEmpty() && !closed) {
        changed.awaitUninterruptibly();
      }
      if (closed) {
        return null;
      }
      busy = true;
      changed.signalAll();
      return queue.poll();
    } finally {
      lock.unlock();
    }
  }

  private void prepareNext() {
    lock.lock();
    try {
      if (!queue.isEmpty()) {
        committer.prepare(queue.peek());
      }
    } finally {
      lock.unlock();
    }
  }

  private Optional<SealedBatch> join(SealedBatch batch, Duration patience)
      throws InterruptedException {
    long giveUpAt = System.nanoTime() + TimeUnit.NANOSECONDS.convert(patience);
    SealedBatch next = awaitNext(giveUpAt);
    if (next == null) {
      return Optional.empty();
    }
    // Without the lock, which the task thread needs: joining takes as long as filling the batches.
    Optional<SealedBatch> joined = batch.tryJoin(next);
    if (joined.isEmpty()) {
      // Only another task can help now: trying again at once would keep the target busy.
      pauseUntil(giveUpAt);
      return Optional.empty();
    }
    return takeIfNext(next) ? joined : Optional.empty();
  }

  /** The batch that is next in the queue, and stays there; null where none comes in time. */
  private SealedBatch awaitNext(long giveUpAt) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = giveUpAt - System.nanoTime();
      while (queue.isEmpty() && left > 0) {
        left = changed.awaitNanos(left);
      }
      return queue.peek();
    } finally {
      lock.unlock();
    }
  }

  private void pauseUntil(long time) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = time - System.nanoTime();
      while (left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes a batch out of the queue; false where the queue was cleared meanwhile. */
  private boolean takeIfNext(SealedBatch batch) {
    lock.lock();
    try {
      if (queue.peek() != batch) {
        return false;
      }
      queue.poll();
      changed.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void done(RuntimeException problem) {
    lock.lock();
    try {
      busy = false;
      if (problem != null) {
        failure = problem;
        queue.clear();
      }
      // An interrupt meant for the batch that just ended must not reach the next one.
      Thread.interrupted();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean await(BooleanSupplier condition, Duration patience) {
    long left = TimeUnit.NANOSECONDS.convert(patience);
    lock.lock();
    try {
      while (!condition.getAsBoolean()) {
        if (left <= 0) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return condition.getAsBoolean();
    } finally {
      lock.unlock();
    }
  }
}

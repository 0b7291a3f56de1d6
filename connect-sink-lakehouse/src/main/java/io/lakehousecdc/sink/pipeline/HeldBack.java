// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Batches whose tables need maintenance before they can be committed, in order, and the thread that
 * does it. Whatever follows them of the same topics, or writes to the same tables, waits behind
 * them; all else is committed meanwhile. Thread-safe, under the monitor of the {@link Writer}.
 */
final class HeldBack implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HeldBack.class);

  private final String name;
  private final Monitor monitor;
  private final Committer committer;
  private final Consumer<RuntimeException> failed;
  private final ArrayDeque<SealedBatch> waiting = new ArrayDeque<>();
  private final Set<String> topics = new HashSet<>();
  private final Set<TableId> tables = new HashSet<>();
  private Histories known = Histories.NONE;
  private Thread thread;
  private boolean working;
  private boolean firstIsReady;
  private boolean closed;

  /**
   * @param name of the thread
   * @param failed told of a failure; what waits is to be forgotten then
   */
  HeldBack(String name, Monitor monitor, Committer committer, Consumer<RuntimeException> failed) {
    this.name = name;
    this.monitor = monitor;
    this.committer = committer;
    this.failed = failed;
  }

  /**
   * Topics that have to wait: those that feed a table that does, or one that waits already, and
   * those that share a table with them, and so on.
   *
   * @param needing tables of the batch that need maintenance
   */
  Set<String> topicsToHold(SealedBatch batch, Set<TableId> needing) {
    return monitor.read(
        () -> {
          if (waiting.isEmpty() && needing.isEmpty()) {
            return Set.of();
          }
          Set<String> heldTopics = new HashSet<>(topics);
          Set<TableId> heldTables = new HashSet<>(tables);
          heldTables.addAll(needing);
          if (committer.keepsBatchesWhole()) {
            batch.steps().forEach(step -> heldTopics.add(step.partition().topic()));
          }
          extend(heldTopics, heldTables, batch);
          return heldTopics;
        });
  }

  private static void extend(Set<String> heldTopics, Set<TableId> heldTables, SealedBatch batch) {
    boolean grows = true;
    while (grows) {
      grows = false;
      for (Map.Entry<TableId, Set<SourcePartition>> each :
          batch.content().contributors().entrySet()) {
        Set<String> feeding =
            each.getValue().stream().map(SourcePartition::topic).collect(Collectors.toSet());
        if (heldTables.contains(each.getKey()) || !Collections.disjoint(heldTopics, feeding)) {
          grows |= heldTables.add(each.getKey());
          grows |= heldTopics.addAll(feeding);
        }
      }
    }
  }

  /**
   * Takes a batch, which waits behind those that are here.
   *
   * @param batch of {@link #topicsToHold} only
   * @param needing its tables that need maintenance
   */
  void add(SealedBatch batch, Set<TableId> needing) {
    monitor.change(
        () -> {
          tables.addAll(batch.content().contributors().keySet());
          batch.steps().forEach(step -> topics.add(step.partition().topic()));
          waiting.add(batch);
          if (!needing.isEmpty()) {
            LOG.info(
                "Tables {} need maintenance: topics {} wait for it, all others go on",
                needing,
                topics);
          }
          if (thread == null) {
            thread = new Thread(this::run, name);
            thread.setDaemon(true);
            thread.start();
          }
        });
  }

  /** Histories that are known now: a batch is committed by them, whenever it was gathered. */
  void learn(Histories histories) {
    monitor.change(() -> known = histories);
  }

  boolean isEmpty() {
    return monitor.read(waiting::isEmpty);
  }

  /** A batch by the histories that are known now. */
  SealedBatch current(SealedBatch batch) {
    return batch.under(monitor.read(() -> known));
  }

  /** The first batch, if it can be committed; it stays until {@link #committedFirst}. */
  Optional<SealedBatch> ready() {
    return monitor.read(() -> firstIsReady ? Optional.of(waiting.peek()) : Optional.empty());
  }

  /** Whether maintenance is being done, or about to be. */
  boolean isMaintaining() {
    return monitor.read(() -> working || !waiting.isEmpty() && !firstIsReady);
  }

  /**
   * Topics that need not be read until maintenance ends; none once the first batch can be
   * committed.
   */
  Set<String> pausedTopics() {
    return monitor.read(() -> firstIsReady ? Set.of() : Set.copyOf(topics));
  }

  /** Estimated size of the batches that wait for maintenance. */
  long bytes() {
    return monitor.read(
        () -> firstIsReady ? 0 : waiting.stream().mapToLong(SealedBatch::bytes).sum());
  }

  /** The batch after the first; null where there is none. */
  SealedBatch second() {
    return monitor.read(() -> waiting.stream().skip(1).findFirst().orElse(null));
  }

  /** Takes the batch after the first; false where what waits was forgotten meanwhile. */
  boolean takeSecond(SealedBatch batch) {
    return monitor.read(
        () -> {
          if (second() != batch) {
            return false;
          }
          SealedBatch first = waiting.poll();
          waiting.poll();
          waiting.addFirst(first);
          return true;
        });
  }

  /** The first batch has been committed: it is the next one's turn. */
  void committedFirst() {
    monitor.change(
        () -> {
          if (firstIsReady) {
            waiting.poll();
            firstIsReady = false;
          }
          if (waiting.isEmpty()) {
            clear();
          }
        });
  }

  /** Forgets all batches; maintenance that is being done goes on until it is interrupted. */
  void clear() {
    monitor.change(
        () -> {
          waiting.clear();
          topics.clear();
          tables.clear();
          firstIsReady = false;
        });
  }

  /** Whether maintenance is being done. */
  boolean isWorking() {
    return monitor.read(() -> working);
  }

  /** Interrupts maintenance that is being done. */
  void interrupt() {
    monitor.change(
        () -> {
          if (working) {
            thread.interrupt();
          }
        });
  }

  /** Ends the thread, when what it does has ended. */
  @Override
  public void close() {
    monitor.change(
        () -> {
          closed = true;
          clear();
        });
  }

  private void run() {
    for (SealedBatch batch = take(); batch != null; batch = take()) {
      RuntimeException problem = null;
      try {
        committer.maintain(batch);
      } catch (RuntimeException e) {
        problem = e;
      } catch (Error e) {
        problem = new FatalException("Maintenance failed: " + e, e);
      }
      done(batch, problem);
    }
  }

  /** The first batch, once there is one to be maintained; null where that is over. */
  private SealedBatch take() {
    return monitor.read(
        () -> {
          monitor.await(() -> closed || !firstIsReady && !waiting.isEmpty());
          if (closed) {
            return null;
          }
          working = true;
          SealedBatch first = waiting.poll().under(known);
          waiting.addFirst(first);
          return first;
        });
  }

  private void done(SealedBatch batch, RuntimeException problem) {
    monitor.change(
        () -> {
          working = false;
          // An interrupt meant for this batch must not reach the next one.
          Thread.interrupted();
          if (problem != null) {
            failed.accept(problem);
          } else {
            firstIsReady = waiting.peek() == batch;
          }
        });
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.SourcePartition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * A decoder that runs on a thread of its own, so that the worker's thread can convert the next poll
 * meanwhile. Returns polls in the order in which they were submitted. For use by one thread.
 */
public final class DecodeAhead implements AutoCloseable {
  /** Number of polls that may be pending; with more, {@link #next} waits for the oldest. */
  private static final int MAX_AHEAD = 4;

  private final RecordDecoder decoder;
  private final ExecutorService thread;
  private final ArrayDeque<Pending> pending = new ArrayDeque<>();
  private long polls;

  /** Of the record that was decoded last; for the decoder's thread. */
  private SourcePartition lastPartition;

  /**
   * Starts the thread.
   *
   * @param name name of the thread
   * @param decoder from now on used by that thread only
   */
  public DecodeAhead(String name, RecordDecoder decoder) {
    this.decoder = decoder;
    this.thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread made = new Thread(task, name);
              made.setDaemon(true);
              return made;
            });
  }

  private record Pending(long number, Future<List<Item>> items) {}

  /**
   * A decoded record.
   *
   * @param recordOffset where the record is in Kafka
   * @param record the record as received
   * @param decoded result of decoding it
   */
  public record Item(RecordOffset recordOffset, SinkRecord record, Decoded decoded) {}

  /**
   * The decoded records of one poll.
   *
   * @param number number of the poll, in the order of submission, from 1
   * @param items the decoded records in order
   */
  public record Poll(long number, List<Item> items) {}

  /** Submits the records of a poll for decoding. An empty poll is ignored. */
  public void submit(Collection<SinkRecord> records) {
    if (!records.isEmpty()) {
      pending.add(new Pending(++polls, thread.submit(() -> decode(records))));
    }
  }

  /** The oldest poll not yet taken, if it is decoded; waits for it if too many are pending. */
  public Optional<Poll> next() {
    Pending oldest = pending.peek();
    boolean ready = oldest != null && (oldest.items().isDone() || pending.size() > MAX_AHEAD);
    return ready ? awaitNext() : Optional.empty();
  }

  /**
   * Waits for the oldest poll not yet taken; empty if there is none. A poll whose decoding failed
   * stays the oldest, so that no later poll is taken and its records are not skipped.
   */
  public Optional<Poll> awaitNext() {
    Pending oldest = pending.peek();
    if (oldest == null) {
      return Optional.empty();
    }
    List<Item> items = await(oldest.items());
    pending.remove();
    return Optional.of(new Poll(oldest.number(), items));
  }

  /** Whether a poll has not been taken yet. */
  public boolean isBehind() {
    return !pending.isEmpty();
  }

  /** Number of the last poll submitted; 0 before the first. */
  public long newest() {
    return polls;
  }

  @Override
  public void close() {
    pending.clear();
    thread.shutdownNow();
  }

  private List<Item> decode(Collection<SinkRecord> records) {
    List<Item> items = new ArrayList<>(records.size());
    for (SinkRecord record : records) {
      items.add(new Item(offset(record), record, decoder.decode(record)));
    }
    return items;
  }

  /** As {@link RecordDecoder#offset}: one partition for records that follow each other in it. */
  private RecordOffset offset(SinkRecord record) {
    if (lastPartition == null
        || lastPartition.partition() != record.originalKafkaPartition()
        || !lastPartition.topic().equals(record.originalTopic())) {
      lastPartition = RecordDecoder.offset(record).partition();
    }
    return new RecordOffset(lastPartition, record.originalKafkaOffset());
  }

  private static List<Item> await(Future<List<Item>> items) {
    try {
      return items.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectException("Interrupted while records were decoded", e);
    } catch (ExecutionException e) {
      throw new ConnectException("Decoding failed: " + e.getCause(), e.getCause());
    }
  }
}

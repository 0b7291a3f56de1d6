// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.dedup;

import io.lakehousecdc.order.EpochPolicy;
import io.lakehousecdc.order.HistoryBook;
import io.lakehousecdc.order.Placement;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourceStream;
import io.lakehousecdc.smt.dedup.Remembered.Tail;
import io.lakehousecdc.smt.event.Event;
import io.lakehousecdc.smt.event.Origin;
import io.lakehousecdc.smt.event.SourceInfo;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges records in the order of their arrival. The rules and their reasons are in the
 * documentation of {@link io.lakehousecdc.smt.LsnDedup}. Its memory of keys is bounded; beside it,
 * there is one small object for each source in a partition and for each table. Not thread safe.
 */
public final class Deduplicator {
  private static final Logger LOG = LoggerFactory.getLogger(Deduplicator.class);

  private final EpochPolicy epochs;
  private final HistoryBook book;
  private final KeyMemory keys;
  private final Map<Object, Long> highestOffsets = new HashMap<>();
  private final Map<StreamId, SourceStream> streams = new HashMap<>();
  private final Map<String, Map<String, TableMemory>> topics = new HashMap<>();
  private long epochsBegun;
  private boolean saidSnapshotRow;

  public Deduplicator(EpochPolicy epochs, long maxEntries, long maxBytes) {
    this.epochs = epochs;
    this.book = new HistoryBook(epochs);
    this.keys = new KeyMemory(maxEntries, maxBytes);
  }

  /** Says what the record is, and remembers it. */
  public Verdict judge(Arrival arrival) {
    if (arrival.offset() != null && isRedelivery(arrival)) {
      forget(arrival);
      return Verdict.REDELIVERED;
    }
    Event event = arrival.event();
    if (event instanceof Event.Change change) {
      return judge(arrival, change.source(), Tail.CHANGE, Tail.CHANGE);
    }
    if (event instanceof Event.Delete delete) {
      return judge(arrival, delete.source(), Tail.DELETE, Tail.DUPLICATE_DELETE);
    }
    if (event instanceof Event.Truncate truncate) {
      return judge(arrival, truncate);
    }
    return event instanceof Event.Tombstone ? judgeTombstone(arrival) : Verdict.NEW;
  }

  /** Keys remembered. */
  public long entries() {
    return keys.entries();
  }

  /** Estimated heap taken by the keys, in bytes. */
  public long bytes() {
    return keys.bytes();
  }

  /** Keys forgotten because the memory was full. */
  public long evicted() {
    return keys.evicted();
  }

  /** Epochs that began by themselves. */
  public long epochsBegun() {
    return epochsBegun;
  }

  private Verdict judge(Arrival arrival, Event.Truncate truncate) {
    Stamp stamp = stamp(arrival, truncate.source());
    TableMemory table = table(arrival.topic(), truncate.source().table());
    if (stamp == null) {
      table.forgetKeys();
      return Verdict.UNPOSITIONED;
    }
    table.truncated(stamp);
    return Verdict.NEW;
  }

  private Verdict judge(Arrival arrival, SourceInfo source, Tail tailIfNew, Tail tailIfDuplicate) {
    Stamp stamp = stamp(arrival, source);
    if (arrival.key() == null) {
      return Verdict.UNPOSITIONED;
    }
    TableMemory table = table(arrival.topic(), source.table());
    KeyMemory.Key key = new KeyMemory.Key(table, KeyBytes.of(arrival.key()));
    if (stamp == null) {
      keys.forget(key);
      return Verdict.UNPOSITIONED;
    }
    Remembered last = known(key);
    if (last != null && stamp.isSupersededBy(last.stamp())) {
      keys.remember(key, last.with(tailIfDuplicate));
      return duplicate(arrival, source, last.stamp());
    }
    Stamp truncate = table.truncate(source.id());
    if (truncate != null && stamp.isSupersededBy(truncate)) {
      keys.remember(key, new Remembered(truncate, tailIfDuplicate, table.generation()));
      return duplicate(arrival, source, truncate);
    }
    keys.remember(key, new Remembered(stamp, tailIfNew, table.generation()));
    return Verdict.NEW;
  }

  /**
   * Streamed changes are emitted twice often enough; a snapshot's row below what was streamed is
   * rare, and may be the first sign of another cluster, for it has no commit time to tell.
   */
  private Verdict duplicate(Arrival arrival, SourceInfo source, Stamp superseding) {
    if (source.origin() != Origin.STREAMED && !saidSnapshotRow) {
      saidSnapshotRow = true;
      LOG.warn(
          "A snapshot's row in {} at offset {} is below {}, which its key has passed, and counts as"
              + " a duplicate; further ones are only counted (Dropped). If the source has moved to"
              + " another cluster, restart this connector's tasks before the snapshot, so that the"
              + " positions of the old one are forgotten.",
          arrival.partition(),
          arrival.offset(),
          superseding.position());
    }
    return Verdict.DUPLICATE;
  }

  /**
   * A tombstone does not say which table it belongs to, so it is looked up in all of its topic's:
   * nearly always one.
   */
  private Verdict judgeTombstone(Arrival arrival) {
    if (arrival.key() == null) {
      return Verdict.UNPOSITIONED;
    }
    List<KeyMemory.Key> candidates = keysOfAllTables(arrival);
    for (KeyMemory.Key key : candidates) {
      Remembered last = known(key);
      if (last != null && last.tail() == Tail.DUPLICATE_DELETE) {
        keys.remember(key, last.with(Tail.CHANGE));
        return Verdict.DUPLICATE;
      }
    }
    boolean followsDelete =
        candidates.stream()
            .map(this::known)
            .anyMatch(last -> last != null && last.tail() == Tail.DELETE);
    if (!followsDelete) {
      // A deletion at an unknown position: what arrives next is to be judged by arrival alone.
      candidates.forEach(keys::forget);
    }
    return Verdict.NEW;
  }

  private List<KeyMemory.Key> keysOfAllTables(Arrival arrival) {
    byte[] bytes = KeyBytes.of(arrival.key());
    return topics.getOrDefault(arrival.topic(), Map.of()).values().stream()
        .map(table -> new KeyMemory.Key(table, bytes))
        .toList();
  }

  /**
   * After a redelivery the sink may hold an older state of the key, even one that was dropped as a
   * duplicate the first time; what follows must not be judged by what the sink held before.
   */
  private void forget(Arrival arrival) {
    if (arrival.event() instanceof Event.Truncate truncate) {
      table(arrival.topic(), truncate.source().table()).forgetKeys();
    } else if (arrival.key() != null) {
      keysOfAllTables(arrival).forEach(keys::forget);
    }
  }

  private boolean isRedelivery(Arrival arrival) {
    Long highest = highestOffsets.get(arrival.partition());
    if (highest != null && arrival.offset() <= highest) {
      return true;
    }
    highestOffsets.put(arrival.partition(), arrival.offset());
    return false;
  }

  private Remembered known(KeyMemory.Key key) {
    Remembered last = keys.find(key);
    return last != null && last.generation() == key.table().generation() ? last : null;
  }

  private TableMemory table(String topic, String table) {
    return topics
        .computeIfAbsent(topic, t -> new HashMap<>())
        .computeIfAbsent(table, t -> new TableMemory());
  }

  /**
   * Stamps a change that arrived for the first time.
   *
   * @return null if the change has no position: it has no sequence
   */
  private Stamp stamp(Arrival arrival, SourceInfo source) {
    SourcePosition event = source.position();
    SourceStream stream =
        streams.computeIfAbsent(
            new StreamId(arrival.partition(), source.id()),
            id -> SourceStream.beginning(id.source(), book, event));
    int histories = book.known().all().size();
    Placement placement = stream.place(event);
    if (placement instanceof Placement.StartedOver && book.known().all().size() > histories) {
      epochsBegun++;
      LOG.warn(
          "Epoch {} of source {} begins in {} at offset {}: sequence {} is below what was seen"
              + " before, but was committed later. The source's LSNs have started over (another"
              + " cluster, a failover or a restore); its changes pass.",
          stream.highWater().epoch(),
          source.id(),
          arrival.partition(),
          arrival.offset(),
          source.sequence());
    }
    Position position = placement.position();
    if (position == null) {
      return null;
    }
    boolean dated = epochs.isAutomatic() && event.hasCommitTime();
    long micros = dated ? event.commitMicros() : stream.latestCommitMicros();
    return new Stamp(source.id(), position, micros, dated);
  }

  /** Sources may share a partition; their LSNs have nothing to do with each other. */
  private record StreamId(Object partition, SourceId source) {}
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.StreamState;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The committed state of a topic partition, stored in the target together with the rows.
 *
 * @param nextOffset first Kafka offset that is not yet applied
 * @param streams how far each source's events in the partition have been read, the one read last
 *     first; no two of one source
 * @param lastDelete fingerprint of the key that the partition's last record deleted; null where it
 *     was no delete. A tombstone of that key repeats it
 * @param rejectedKeys keys of records that were rejected, for their replay
 */
public record PartitionState(
    long nextOffset,
    List<SourceState> streams,
    Fingerprint lastDelete,
    List<RejectedKey> rejectedKeys) {

  /**
   * How far one source's events have been read.
   *
   * @param source the source; {@link SourceId#UNKNOWN} where version 0.1 stored the state
   * @param replay what recognises events that are emitted again, in append mode
   */
  public record SourceState(SourceId source, StreamState stream, ReplayState replay) {}

  /**
   * Events that share the high-water position of a stream (COPY, the halves of a changed key): by
   * their order a log knows which of them the source emits again.
   *
   * @param firstOffset Kafka offset of the first of them
   * @param count how many they are
   * @param expected place, from 0, of the one that is to come again; -1 where none is
   * @param first fingerprint of the first of them; null where there is none
   * @param run hash of the source task's run that sent the last event; 0 where not known
   */
  public record ReplayState(
      long firstOffset, int count, int expected, Fingerprint first, long run) {
    /** Nothing is known. */
    public static final ReplayState NONE = new ReplayState(-1, 0, -1, null, 0);
  }

  /** A strong hash: 128 bits of SHA-256. */
  public record Fingerprint(long high, long low) {}

  /**
   * The key of a rejected record, kept until a record of the key is applied that is as new.
   *
   * @param key fingerprint of table and key
   * @param rejected greatest position of a rejected record
   * @param deleted position of the key's delete since; null where there was none
   */
  public record RejectedKey(Fingerprint key, Position rejected, Position deleted) {}

  /** Stands for the LSN of a snapshot if none was seen. */
  public static final long NO_LSN = SourcePosition.NONE;

  /** A state that was never read. */
  public static final PartitionState FRESH = new PartitionState(0, List.of(), null, List.of());

  public PartitionState {
    streams = List.copyOf(streams);
    rejectedKeys = List.copyOf(rejectedKeys);
  }

  /** A state with the events of one unnamed source. */
  public PartitionState(
      long nextOffset,
      Position highWater,
      long snapshotLsn,
      long completedSnapshotLsn,
      long latestCommitMicros) {
    this(
        nextOffset,
        List.of(
            new SourceState(
                SourceId.UNKNOWN,
                new StreamState(highWater, snapshotLsn, completedSnapshotLsn, latestCommitMicros),
                ReplayState.NONE)),
        null,
        List.of());
  }

  /** The stream that was read last; a fresh one of no source where there is none. */
  public StreamState latest() {
    return streams.isEmpty() ? StreamState.fresh(0) : streams.get(0).stream();
  }

  /** State of a source's events. */
  public Optional<SourceState> of(SourceId source) {
    return streams.stream().filter(each -> each.source().equals(source)).findAny();
  }

  /**
   * Whether the partition is past a snapshot: the end of the snapshot, a later change or a later
   * history of its source was seen, so that no row of the snapshot and no older change follows.
   *
   * @param below position of the snapshot: (epoch, snapshot LSN, 0)
   * @param histories tell whose snapshot it is
   */
  public boolean isPast(Position below, Histories histories) {
    return Stream.of(of(histories.sourceOf(below.epoch())), of(SourceId.UNKNOWN))
        .flatMap(Optional::stream)
        .findFirst()
        .filter(each -> each.stream().isPast(below))
        .isPresent();
  }

  /** The same with other rejected keys. */
  public PartitionState withRejectedKeys(List<RejectedKey> keys) {
    return new PartitionState(nextOffset, streams, lastDelete, keys);
  }

  /**
   * The same where an operator has set the offset: what follows is applied again, each change in
   * the history that its commit time tells.
   *
   * @param offset next offset
   */
  public PartitionState movedTo(long offset) {
    return new PartitionState(offset, List.of(), null, rejectedKeys);
  }
}

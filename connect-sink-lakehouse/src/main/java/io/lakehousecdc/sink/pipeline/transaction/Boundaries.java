// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline.transaction;

import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TransactionInfo;
import io.lakehousecdc.sink.change.TransactionInfo.Begin;
import io.lakehousecdc.sink.change.TransactionInfo.End;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.SourceProgress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** The boundaries of a source's transactions that wait, in order. Not thread-safe. */
final class Boundaries<R> {
  private final ArrayDeque<Ended<R>> ended = new ArrayDeque<>();
  private final Set<String> abandoned = new HashSet<>();
  private List<Arrival<R>> loose = new ArrayList<>();
  private SourcePartition partition;
  private String open;
  private boolean openIsRestarted;
  private long bytes;
  private long greatestLsn;
  private long greatestMillis;

  /**
   * A transaction that has ended.
   *
   * @param kind whether it came before
   * @param abandoned those before it that have begun, and not ended
   * @param records its boundaries, and what came between
   */
  record Ended<R>(End end, Kind kind, Set<String> abandoned, List<Arrival<R>> records) {}

  /** How a transaction has come. */
  enum Kind {
    NEW,
    /**
     * It has begun several times: the source was restarted within it, and may have counted only
     * what it has sent since.
     */
    RESTARTED,
    /** The source has sent it again, or a part of it, and later ones before. */
    REPEATED,
    /** The same, and it is the last of those that have come before. */
    REPEATED_LAST;

    boolean isRepetition() {
      return this == REPEATED || this == REPEATED_LAST;
    }
  }

  /**
   * @param reached LSN and time of the last one that was handed over before; null where none is
   *     known
   */
  Boundaries(SourceProgress reached) {
    greatestLsn = reached == null ? -1 : reached.commitLsn();
    greatestMillis = reached == null ? 0 : reached.commitMillis();
  }

  /** The partition that they come from; null before the first. */
  SourcePartition partition() {
    return partition;
  }

  long bytes() {
    return bytes;
  }

  void add(Arrival<R> arrival, TransactionInfo boundary) {
    requireOnePartition(arrival.at().partition());
    hold(arrival);
    if (boundary instanceof Begin begin) {
      begin(begin.transaction());
    } else if (boundary instanceof End end) {
      end(end);
    }
  }

  private void end(End end) {
    boolean restarted = end.transaction().equals(open) && openIsRestarted;
    if (!end.transaction().equals(open)) {
      abandonOpen();
    }
    open = null;
    abandoned.remove(end.transaction());
    if (isRepeated(end)) {
      // What was begun before it may be sent again, too.
      Kind kind = end.lsn() == greatestLsn ? Kind.REPEATED_LAST : Kind.REPEATED;
      ended.add(new Ended<>(end, kind, Set.of(), loose));
    } else {
      Kind kind = restarted ? Kind.RESTARTED : Kind.NEW;
      ended.add(new Ended<>(end, kind, Set.copyOf(abandoned), loose));
      abandoned.clear();
      greatestLsn = end.lsn();
      greatestMillis = Math.max(greatestMillis, end.commitMillis());
    }
    loose = new ArrayList<>();
  }

  private boolean isRepeated(End end) {
    return end.lsn() <= greatestLsn && end.commitMillis() <= greatestMillis;
  }

  private void begin(String transaction) {
    boolean again = transaction.equals(open) || abandoned.remove(transaction);
    if (!transaction.equals(open)) {
      abandonOpen();
    }
    open = transaction;
    openIsRestarted = again;
  }

  /** It may begin again, after a restart of the source; else it has no end. */
  private void abandonOpen() {
    if (open != null) {
      abandoned.add(open);
    }
  }

  private void requireOnePartition(SourcePartition from) {
    if (partition != null && !partition.equals(from)) {
      throw new FatalException(
          "The topic of transactions "
              + from.topic()
              + " has several partitions, or there are several such topics of one source, so that the"
              + " order of commits is not known. Have the source write it with one partition"
              + " (topic.creation.default.partitions=1), or set transactions=none.");
    }
    partition = from;
  }

  /** Adds another record of the partition; false where nothing is before it. */
  boolean addFree(Arrival<R> arrival) {
    if (ended.isEmpty() && loose.isEmpty()) {
      return false;
    }
    hold(arrival);
    return true;
  }

  private void hold(Arrival<R> arrival) {
    loose.add(arrival);
    bytes += arrival.bytes();
  }

  /** The first that has ended; null where none has. */
  Ended<R> next() {
    return ended.peek();
  }

  /** The one that has begun and not ended, after all that have; null where there is none. */
  String open() {
    return open;
  }

  /** Takes the first that has ended. */
  Ended<R> take() {
    Ended<R> first = ended.remove();
    first.records().forEach(each -> bytes -= each.bytes());
    return first;
  }

  /** Offset of the first record that waits. */
  OptionalLong firstOffset() {
    List<Arrival<R>> first = ended.isEmpty() ? loose : ended.peek().records();
    return first.isEmpty() ? OptionalLong.empty() : OptionalLong.of(first.get(0).at().offset());
  }
}

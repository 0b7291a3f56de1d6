// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.delta.index.KeyBits;
import io.lakehousecdc.sink.spi.HistoryOptions.Since;
import io.lakehousecdc.sink.version.Version;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A key that a batch changes, or that a row of it had before, and what is known of its stored
 * versions. Not thread-safe.
 */
final class KeyHistory {
  private final Object[] key;
  private final KeyBits bits;
  private final List<Integer> changes = new ArrayList<>(1);
  private final List<VersionRow> versions = new ArrayList<>(1);
  private Position begin;
  private long micros = Long.MAX_VALUE;
  private boolean snapshotSinceEver;
  private boolean indexed;

  /**
   * @param key the key in the form that files take
   * @param bits the key as the index knows it
   */
  KeyHistory(Object[] key, KeyBits bits) {
    this.key = key;
    this.bits = bits;
  }

  /** Notes a change of the key. */
  void changed(int number, ChangeInfo info, Since since) {
    changes.add(number);
    wanted(info.position());
    micros = Math.min(micros, info.commitMicros());
    snapshotSinceEver |= info.operation() == Operation.READ && since == Since.BEGINNING;
  }

  /** Notes that the version at a position is asked for. */
  void wanted(Position at) {
    Position transaction = new Position(at.epoch(), at.commitLsn(), Long.MIN_VALUE);
    begin = begin == null || transaction.isBelow(begin) ? transaction : begin;
  }

  Object[] key() {
    return key;
  }

  KeyBits bits() {
    return bits;
  }

  /** Numbers of the changes of the key. */
  List<Integer> changes() {
    return changes;
  }

  /** Position at which the first transaction begins that is of interest. */
  Position begin() {
    return begin;
  }

  /** The earliest commit time of its changes. */
  long micros() {
    return micros;
  }

  /** Adds the version that the index knows: the current one. */
  void addIndexed(VersionRow row) {
    indexed = true;
    add(row);
  }

  /** Whether the index knows a version. */
  boolean isIndexed() {
    return indexed;
  }

  /** Adds a version, in any order. */
  void add(VersionRow row) {
    versions.add(row);
  }

  /** Its versions as far as they are known to matter, in order. */
  List<VersionRow> versions() {
    versions.sort(
        Comparator.comparing((VersionRow row) -> row.version().opened())
            .thenComparing(row -> row.version().applied())
            .thenComparing(row -> row.version().fromMicros()));
    return versions;
  }

  /** Whether earlier versions than the current one may matter, which is known at that time. */
  boolean hasPast() {
    return versions.isEmpty() || !versions.get(0).version().opened().isBelow(begin);
  }

  /** Whether any version matters: a row of a snapshot is valid since ever only without one. */
  boolean mattersWholly() {
    return hasPast() && snapshotSinceEver;
  }

  /** Whether a version that has ended matters for where changes belong, or bounds theirs. */
  boolean matters(Version ended) {
    return !ended.applied().isBelow(begin) || ended.toMicros() > micros;
  }

  /** The first version that was opened by a transaction of interest; null where there is none. */
  VersionRow firstOpened() {
    return versions().stream()
        .filter(row -> !row.version().opened().isBelow(begin))
        .findFirst()
        .orElse(null);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline.transaction;

import io.lakehousecdc.sink.change.TransactionInfo.Part;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Successive records of a partition that belong to one transaction, and those between and after
 * them that belong to none. Not thread-safe.
 */
final class Group<R> {
  private final String transaction;
  private final Map<String, Count> counts = new HashMap<>();
  private final List<Held<R>> records = new ArrayList<>();
  private long bytes;
  private long commitMillis;
  private boolean countedAnew;

  /** Part is null for a record that belongs to no transaction, or repeats another one. */
  private record Held<R>(Arrival<R> arrival, Part part) {}

  /** Changes of a table, those that came again left out: their numbers are not above the last. */
  private static final class Count {
    private long changes;
    private long greatest;

    /** False where the number is not above the last. */
    boolean add(long order) {
      boolean grows = order > greatest;
      if (grows) {
        greatest = order;
        changes++;
      }
      return grows;
    }
  }

  Group(String transaction) {
    this.transaction = transaction;
  }

  String transaction() {
    return transaction;
  }

  long bytes() {
    return bytes;
  }

  /** Latest commit time of its changes, milliseconds since the epoch. */
  long commitMillis() {
    return commitMillis;
  }

  void add(Arrival<R> arrival, Part part) {
    hold(arrival, part);
    countedAnew |=
        !counts.computeIfAbsent(part.collection(), name -> new Count()).add(part.order());
    commitMillis = Math.max(commitMillis, part.commitMillis());
  }

  /** Adds a record that belongs to no transaction, and has to wait for those before it. */
  void addFree(Arrival<R> arrival) {
    hold(arrival, null);
  }

  private void hold(Arrival<R> arrival, Part part) {
    records.add(new Held<>(arrival, part));
    bytes += arrival.bytes();
  }

  /** Adds what follows: as more of the same transaction, or as records that wait for it. */
  void append(Group<R> next) {
    for (Held<R> each : next.records) {
      if (each.part() != null && next.transaction.equals(transaction)) {
        add(each.arrival(), each.part());
      } else {
        addFree(each.arrival());
      }
    }
  }

  /** Number of different changes of a table so far, those already {@link #take}n included. */
  long changes(String collection) {
    Count count = counts.get(collection);
    return count == null ? 0 : count.changes;
  }

  /** Whether a number came that is not above those before it: the source was restarted. */
  boolean isCountedAnew() {
    return countedAnew;
  }

  /** Offset of the first record; -1 where there is none. */
  long firstOffset() {
    return records.isEmpty() ? -1 : records.get(0).arrival().at().offset();
  }

  /** Takes the records out; the group still counts their changes. */
  List<Arrival<R>> take() {
    List<Arrival<R>> taken = records.stream().map(Held::arrival).toList();
    records.clear();
    bytes = 0;
    return taken;
  }
}

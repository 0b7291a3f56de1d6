// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline.transaction;

import io.lakehousecdc.sink.change.SourcePartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Transactions that a source has sent again and that were applied before, until the last of them
 * has come. One by one they would show the past: a row that a later one of them has deleted.
 * Together they change nothing. Not thread-safe.
 */
final class Repeats<R> {
  private final List<Arrival<R>> records = new ArrayList<>();
  private final Map<SourcePartition, Long> first = new HashMap<>();
  private long bytes;

  boolean isEmpty() {
    return records.isEmpty();
  }

  long bytes() {
    return bytes;
  }

  void add(Arrival<R> arrival) {
    records.add(arrival);
    first.putIfAbsent(arrival.at().partition(), arrival.at().offset());
    bytes += arrival.bytes();
  }

  boolean holds(SourcePartition partition) {
    return first.containsKey(partition);
  }

  /** Offset of the first record of a partition; empty where none is here. */
  OptionalLong firstOffset(SourcePartition partition) {
    Long offset = first.get(partition);
    return offset == null ? OptionalLong.empty() : OptionalLong.of(offset);
  }

  List<Arrival<R>> takeAll() {
    List<Arrival<R>> taken = List.copyOf(records);
    records.clear();
    first.clear();
    bytes = 0;
    return taken;
  }
}

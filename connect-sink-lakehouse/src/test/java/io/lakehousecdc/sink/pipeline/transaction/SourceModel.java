// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline.transaction;

import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TransactionInfo;
import io.lakehousecdc.sink.change.TransactionInfo.Begin;
import io.lakehousecdc.sink.change.TransactionInfo.End;
import io.lakehousecdc.sink.change.TransactionInfo.Part;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model of a source with transaction metadata: what it sends, partition by partition. It can be
 * killed, and then sends a suffix again, as Debezium does.
 */
final class SourceModel {
  static final SourcePartition BOUNDARIES = new SourcePartition("shop.transaction", 0);

  /** What the source sends, before it is counted. */
  private sealed interface Step {}

  private record Starts(String transaction, long millis) implements Step {}

  private record Changes(String transaction, long millis, String table, int partition, String id)
      implements Step {}

  private record Ends(String transaction, long millis, long lsn) implements Step {}

  private record Reads(String table, int partition, String id) implements Step {}

  /**
   * A record as it lies in its partition.
   *
   * @param id of the change, the same where it was sent again; or of the boundary
   * @param transaction that it belongs to; empty for a row of a snapshot
   */
  record Sent(String id, String transaction, Optional<TransactionInfo> info) {}

  /** How the source counts the changes of a transaction within which it was restarted. */
  enum Counting {
    /** It goes on, and does not tell the beginning again. */
    GOES_ON,
    /** It tells the beginning again, and counts from 1. */
    BEGINS_ANEW
  }

  private final Map<SourcePartition, List<Sent>> log = new LinkedHashMap<>();
  private final List<Step> steps = new ArrayList<>();
  private final Map<String, Long> counts = new HashMap<>();
  private long clock = 1_000;
  private String open;

  SourceModel() {
    log.put(BOUNDARIES, new ArrayList<>());
  }

  static SourcePartition of(String table, int partition) {
    return new SourcePartition("shop.public." + table, partition);
  }

  SourceModel table(String name, int partitions) {
    for (int i = 0; i < partitions; i++) {
      log.put(of(name, i), new ArrayList<>());
    }
    return this;
  }

  Map<SourcePartition, List<Sent>> log() {
    return log;
  }

  SourceModel begin(String transaction) {
    return does(new Starts(transaction, ++clock));
  }

  /** A change in the open transaction. */
  SourceModel change(String table, int partition, String id) {
    return does(new Changes(open, clock, table, partition, id));
  }

  SourceModel end() {
    return does(new Ends(open, clock, clock));
  }

  /** A row of a snapshot. */
  SourceModel read(String table, int partition, String id) {
    return does(new Reads(table, partition, id));
  }

  int sent() {
    return steps.size();
  }

  /** The source is killed, and goes on with what it did after its first {@code safe} records. */
  SourceModel restart(int safe, Counting counting) {
    String within = null;
    long millis = 0;
    Map<String, Long> before = new HashMap<>();
    for (Step each : steps.subList(0, safe)) {
      if (each instanceof Starts starts) {
        within = starts.transaction();
        millis = starts.millis();
        before.clear();
      } else if (each instanceof Changes changes) {
        before.merge("public." + changes.table(), 1L, Long::sum);
      } else if (each instanceof Ends) {
        within = null;
        before.clear();
      }
    }
    List<Step> again = List.copyOf(steps.subList(safe, steps.size()));
    open = within;
    counts.clear();
    if (within != null && counting == Counting.BEGINS_ANEW) {
      send(new Starts(within, millis));
    } else {
      counts.putAll(before);
    }
    again.forEach(this::send);
    return this;
  }

  private SourceModel does(Step step) {
    steps.add(step);
    send(step);
    return this;
  }

  private void send(Step step) {
    if (step instanceof Starts starts) {
      open = starts.transaction();
      counts.clear();
      add(
          BOUNDARIES,
          new Sent("begin " + open, open, Optional.of(new Begin("shop", open, starts.millis()))));
    } else if (step instanceof Changes changes) {
      String table = "public." + changes.table();
      long order = counts.merge(table, 1L, Long::sum);
      Part part = new Part("shop", changes.transaction(), changes.millis(), table, order);
      add(
          of(changes.table(), changes.partition()),
          new Sent(changes.id(), changes.transaction(), Optional.of(part)));
    } else if (step instanceof Ends ends) {
      End end = new End("shop", ends.transaction(), ends.millis(), ends.lsn(), Map.copyOf(counts));
      add(BOUNDARIES, new Sent("end " + open, open, Optional.of(end)));
      open = null;
      counts.clear();
    } else if (step instanceof Reads reads) {
      add(of(reads.table(), reads.partition()), new Sent(reads.id(), "", Optional.empty()));
    }
  }

  private void add(SourcePartition partition, Sent sent) {
    List<Sent> records = log.get(partition);
    if (records != null) {
      records.add(sent);
    }
  }
}

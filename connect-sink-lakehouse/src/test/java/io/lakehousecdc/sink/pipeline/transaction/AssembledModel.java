// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline.transaction;

import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TransactionInfo.End;
import io.lakehousecdc.sink.pipeline.transaction.AssemblyOptions.TooLarge;
import io.lakehousecdc.sink.pipeline.transaction.SourceModel.Sent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** A reader of a {@link SourceModel} through an assembler, and what it was handed. */
final class AssembledModel implements Outlet<AssembledModel.Read> {
  static final Duration PATIENCE = Duration.ofSeconds(30);
  static final Duration QUIET = Duration.ofSeconds(5);

  /** A record as it was read. */
  record Read(SourcePartition partition, long offset, Sent sent) {}

  /** What was handed over at once; single records that were passed are units of their own. */
  final List<List<Read>> units = new ArrayList<>();

  final List<End> reached = new ArrayList<>();
  final List<String> warnings = new ArrayList<>();
  final TransactionAssembler<Read> assembler;

  private final SourceModel source;
  private final Map<SourcePartition, Integer> positions = new LinkedHashMap<>();
  private long now;

  AssembledModel(SourceModel source) {
    this(source, 1 << 20, Set.of());
  }

  AssembledModel(SourceModel source, long maxBytes, Set<String> topics) {
    this(source, maxBytes, TooLarge.PARTS, topics);
  }

  AssembledModel(SourceModel source, long maxBytes, TooLarge tooLarge, Set<String> topics) {
    this.source = source;
    assembler =
        new TransactionAssembler<>(
            new AssemblyOptions(maxBytes, tooLarge, PATIENCE, QUIET, topics, Set.of()), this);
    assembler.begin(source.log().keySet(), List.of());
    source.log().keySet().forEach(partition -> positions.put(partition, 0));
  }

  @Override
  public void pass(Read record) {
    units.add(List.of(record));
  }

  @Override
  public void transaction(List<Read> records, Optional<End> end) {
    units.add(List.copyOf(records));
    end.ifPresent(reached::add);
  }

  @Override
  public void warn(String message) {
    warnings.add(message);
  }

  /** Reads the next records of a partition. */
  AssembledModel read(SourcePartition partition, int count) {
    List<Sent> records = source.log().get(partition);
    int from = positions.get(partition);
    int to = from + Math.min(records.size() - from, count);
    for (int offset = from; offset < to; offset++) {
      Sent sent = records.get(offset);
      assembler.accept(
          new Arrival<>(
              new Read(partition, offset, sent), new RecordOffset(partition, offset), 100),
          sent.info());
    }
    positions.put(partition, to);
    assembler.advance(now);
    return this;
  }

  AssembledModel readAll(SourcePartition partition) {
    return read(partition, Integer.MAX_VALUE);
  }

  /** Reads all partitions to their ends, some records at a time, as chance has it. */
  void readAll(Random random) {
    List<SourcePartition> partitions = new ArrayList<>(positions.keySet());
    while (isBehind()) {
      SourcePartition partition = partitions.get(random.nextInt(partitions.size()));
      if (!assembler.paused().contains(partition)) {
        read(partition, 1 + random.nextInt(5));
      }
    }
  }

  private boolean isBehind() {
    return positions.entrySet().stream()
        .anyMatch(each -> each.getValue() < source.log().get(each.getKey()).size());
  }

  /** Time passes, and no record comes. */
  AssembledModel waits(Duration time) {
    now += time.toNanos() + 1;
    assembler.advance(now);
    return this;
  }

  /** The ids of what was handed over, unit by unit, without boundaries and empty units. */
  List<List<String>> changes() {
    return units.stream()
        .map(
            unit ->
                unit.stream()
                    .map(read -> read.sent().id())
                    .filter(id -> !id.startsWith("begin ") && !id.startsWith("end "))
                    .sorted()
                    .toList())
        .filter(unit -> !unit.isEmpty())
        .toList();
  }

  /** Transactions whose changes came for the first time in several units. */
  Set<String> torn() {
    Set<String> seen = new HashSet<>();
    Map<String, Integer> unitOf = new HashMap<>();
    Set<String> torn = new HashSet<>();
    for (int i = 0; i < units.size(); i++) {
      for (Read read : units.get(i)) {
        Sent sent = read.sent();
        boolean isChange = !read.partition().equals(SourceModel.BOUNDARIES);
        if (isChange && !sent.transaction().isEmpty() && seen.add(sent.id())) {
          Integer first = unitOf.putIfAbsent(sent.transaction(), i);
          if (first != null && first != i) {
            torn.add(sent.transaction());
          }
        }
      }
    }
    return torn;
  }

  /** Partitions of which records were handed over in another order, or not at all. */
  Set<SourcePartition> disordered() {
    Map<SourcePartition, List<Long>> offsets = new HashMap<>();
    units.forEach(
        unit ->
            unit.forEach(
                read ->
                    offsets
                        .computeIfAbsent(read.partition(), key -> new ArrayList<>())
                        .add(read.offset())));
    Set<SourcePartition> wrong = new HashSet<>();
    source
        .log()
        .forEach(
            (partition, records) -> {
              List<Long> expected = new ArrayList<>();
              for (long offset = 0; offset < records.size(); offset++) {
                expected.add(offset);
              }
              if (!expected.equals(offsets.getOrDefault(partition, List.of()))) {
                wrong.add(partition);
              }
            });
    return wrong;
  }
}

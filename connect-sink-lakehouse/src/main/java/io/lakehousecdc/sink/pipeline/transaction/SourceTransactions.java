// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline.transaction;

import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TransactionInfo;
import io.lakehousecdc.sink.change.TransactionInfo.End;
import io.lakehousecdc.sink.change.TransactionInfo.Part;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.pipeline.transaction.Boundaries.Ended;
import io.lakehousecdc.sink.pipeline.transaction.Boundaries.Kind;
import io.lakehousecdc.sink.spi.SourceProgress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/**
 * The transactions of one source that wait to be complete. They are handed over in the order of
 * their ends. Not thread-safe.
 */
final class SourceTransactions<R> {
  private final String name;
  private final AssemblyOptions options;
  private final Outlet<R> outlet;
  private final Feeds feeds;
  private final Map<SourcePartition, PartitionQueue<R>> queues = new LinkedHashMap<>();
  private final Repeats<R> repeats = new Repeats<>();

  /** Handed over although something was missing: what comes of them later waits for nothing. */
  private final RecentTransactions givenUp = new RecentTransactions();

  private final Boundaries<R> boundaries;
  private final Completeness<R> completeness;

  /** Transaction that is handed over as it comes; null where none is. */
  private String inParts;

  private long bytes;

  /** The transaction that is waited for, and since when. */
  private Ended<R> head;

  private long headSince;
  private boolean progressed = true;
  private long progressedAt;

  /**
   * @param reached the last transaction that was handed over before; null where none is known
   */
  SourceTransactions(
      String name, AssemblyOptions options, Outlet<R> outlet, SourceProgress reached) {
    this.name = name;
    this.options = options;
    this.outlet = outlet;
    this.boundaries = new Boundaries<>(reached);
    this.feeds = new Feeds(name, options);
    this.completeness = new Completeness<>(feeds, queues, this::tellLeftOut);
  }

  String name() {
    return name;
  }

  /** Estimated size of what waits. */
  long bytes() {
    return bytes + boundaries.bytes() + repeats.bytes();
  }

  void assigned(Set<SourcePartition> partitions) {
    feeds.assigned(partitions);
  }

  void boundary(Arrival<R> arrival, TransactionInfo boundary) {
    noteProgress(arrival.at().partition());
    boundaries.add(arrival, boundary);
  }

  void change(Arrival<R> arrival, Part part) {
    SourcePartition partition = arrival.at().partition();
    noteProgress(partition);
    feeds.saw(part.collection(), partition.topic());
    if (givenUp.contains(part.transaction(), part.commitMillis())) {
      free(arrival);
    } else {
      queue(partition).add(arrival, part);
      bytes += arrival.bytes();
    }
  }

  /** A record of one of its partitions that belongs to no transaction. */
  void free(Arrival<R> arrival) {
    SourcePartition partition = arrival.at().partition();
    boolean isBoundary = partition.equals(boundaries.partition());
    if (isBoundary && boundaries.addFree(arrival)) {
      return;
    }
    if (!isBoundary && queue(partition).addFree(arrival)) {
      bytes += arrival.bytes();
    } else if (repeats.holds(partition)) {
      repeats.add(arrival);
    } else {
      outlet.pass(arrival.record());
    }
  }

  private PartitionQueue<R> queue(SourcePartition partition) {
    return queues.computeIfAbsent(partition, key -> new PartitionQueue<>());
  }

  private void noteProgress(SourcePartition from) {
    progressed |= boundaries.next() == null || completeness.awaited().contains(from);
  }

  /**
   * Hands over what is complete.
   *
   * @param now as {@link System#nanoTime}
   */
  void advance(long now) {
    if (progressed) {
      progressedAt = now;
      progressed = false;
    }
    handOverParts();
    while (handOverNext(now)) {
      progressedAt = now;
    }
    if (boundaries.next() == null && isStalled(now)) {
      handOverWithoutEnd();
    }
    if (boundaries.next() == null && isQuiet(now)) {
      take(queue -> queue.takeWhile(completeness::isHandedOver)).forEach(repeats::add);
      handOverTogether(repeats.takeAll(), Optional.empty());
    }
  }

  private boolean isStalled(long now) {
    return now - progressedAt > options.patience().toNanos();
  }

  private boolean isQuiet(long now) {
    return now - progressedAt > options.quiet().toNanos();
  }

  private boolean handOverNext(long now) {
    Ended<R> next = boundaries.next();
    if (next == null) {
      completeness.awaitNothing();
      return false;
    }
    if (next != head) {
      head = next;
      headSince = now;
    }
    if (!isDue(next, now)) {
      return false;
    }
    handOver();
    return true;
  }

  private boolean isDue(Ended<R> next, long now) {
    if (givenUp.contains(next.end().transaction(), next.end().commitMillis())) {
      return true;
    }
    if (completeness.isRestarted(next)) {
      return completeness.areAllPast(next.end(), boundaries.partition()) || isQuiet(now);
    }
    List<String> missing = completeness.missing(next);
    // What else comes of its tables does not tell whether more of a repetition does.
    boolean isOver = now - headSince > options.quiet().toNanos();
    if (missing.isEmpty() || next.kind().isRepetition() && isOver) {
      return true;
    }
    if (isStalled(now)) {
      giveUp(next.end(), missing);
      return true;
    }
    return false;
  }

  private void giveUp(End end, List<String> missing) {
    givenUp.add(end.transaction(), end.commitMillis());
    outlet.warn(
        "Transaction "
            + end.transaction()
            + " of source "
            + name
            + " is not complete, and nothing more of it has come for "
            + options.patience().toMillis()
            + " ms (transactions.timeout.ms): it is applied as it is, and what is missing when it"
            + " comes. Missing: "
            + String.join(", ", missing)
            + ". Records that a transform or a converter drops can be the reason.");
  }

  private void tellLeftOut(String table) {
    outlet.warn(
        "Changes of table "
            + table
            + " of source "
            + name
            + " are in no topic that this connector reads: transactions are complete without them."
            + " If its topic has another name, name the table in transactions.tables.");
  }

  private void handOver() {
    Ended<R> next = boundaries.take();
    End end = next.end();
    if (next.kind().isRepetition()) {
      handOverRepeated(next);
      return;
    }
    List<Arrival<R>> taken = take(queue -> queue.takeThrough(end.transaction()));
    for (String each : next.abandoned()) {
      // They would have been sent again before this one.
      taken.addAll(take(queue -> queue.takeThrough(each)));
      givenUp.add(each, end.commitMillis());
    }
    taken.addAll(next.records());
    completeness.noteHandedOver(end);
    if (end.transaction().equals(inParts)) {
      inParts = null;
    }
    List<Arrival<R>> all = new ArrayList<>(repeats.takeAll());
    all.addAll(taken);
    handOverTogether(all, Optional.of(end));
  }

  private void handOverRepeated(Ended<R> next) {
    take(queue -> queue.takeRepeated(next.end().transaction())).forEach(repeats::add);
    next.records().forEach(repeats::add);
    if (next.kind() == Kind.REPEATED_LAST) {
      handOverTogether(repeats.takeAll(), Optional.empty());
    }
  }

  private List<Arrival<R>> take(Function<PartitionQueue<R>, List<Arrival<R>>> from) {
    List<Arrival<R>> taken = new ArrayList<>();
    queues.values().forEach(queue -> taken.addAll(from.apply(queue)));
    taken.forEach(each -> bytes -= each.bytes());
    return taken;
  }

  private void handOverTogether(List<Arrival<R>> records, Optional<End> reached) {
    if (!records.isEmpty()) {
      outlet.transaction(records.stream().map(Arrival::record).toList(), reached);
    }
  }

  private void handOverParts() {
    if (inParts != null) {
      queues.values().forEach(queue -> pass(queue.takePart(inParts)));
    }
  }

  private void pass(List<Arrival<R>> records) {
    for (Arrival<R> each : records) {
      bytes -= each.bytes();
      outlet.pass(each.record());
    }
  }

  private void handOverWithoutEnd() {
    if (firstOffsets().isEmpty()) {
      return;
    }
    Set<String> transactions = new HashSet<>();
    for (PartitionQueue<R> queue : queues.values()) {
      for (Group<R> each : queue.groups()) {
        transactions.add(each.transaction());
        givenUp.add(each.transaction(), each.commitMillis());
      }
    }
    outlet.warn(
        "The end of "
            + transactions.size()
            + " transactions of source "
            + name
            + " has not come, nor anything else, for "
            + options.patience().toMillis()
            + " ms (transactions.timeout.ms): their changes are applied as they are. Check that the"
            + " topic of transactions, <topic.prefix>.transaction, is among the topics of this"
            + " connector, and that the source has provide.transaction.metadata=true.");
    repeats.takeAll().forEach(each -> outlet.pass(each.record()));
    queues.values().forEach(queue -> pass(queue.takeAll()));
    inParts = null;
  }

  private List<Long> firstOffsets() {
    List<Long> offsets = new ArrayList<>();
    queues.values().forEach(queue -> queue.firstOffset().ifPresent(offsets::add));
    return offsets;
  }

  /**
   * Has the transaction that is waited for handed over as it comes, if it takes too much room.
   *
   * @throws FatalException it does, and is to be an error
   */
  void relieve() {
    if (repeats.bytes() > options.maxBytes()) {
      tooLarge(
          "Source " + name + " sends again",
          "until it is past them, the tables may show rows of the past");
      repeats.takeAll().forEach(each -> outlet.pass(each.record()));
    }
    Ended<R> next = boundaries.next();
    String current = next != null ? next.end().transaction() : boundaries.open();
    if (current == null || current.equals(inParts)) {
      return;
    }
    long size = 0;
    for (PartitionQueue<R> queue : queues.values()) {
      Group<R> group = queue.first(current);
      size += group == null ? 0 : group.bytes();
    }
    if (size > options.maxBytes()) {
      tooLarge(
          "Transaction " + current + " of source " + name + " takes",
          "it becomes visible in parts");
      inParts = current;
      // What came before it comes first.
      repeats.takeAll().forEach(each -> outlet.pass(each.record()));
      handOverParts();
    }
  }

  private void tooLarge(String who, String consequence) {
    String what = who + " more than " + options.maxBytes() + " bytes (half of buffer.max.bytes)";
    String remedy =
        " Raise buffer.max.bytes, and the worker's heap, to have as much applied as a whole";
    switch (options.tooLarge()) {
      case PARTS -> outlet.warn(what + ": " + consequence + "." + remedy + ".");
      case FAIL ->
          throw new FatalException(
              what
                  + ". Nothing of it is applied, because transactions.too.large=fail."
                  + remedy
                  + ", then restart the task; or set transactions.too.large=parts: then "
                  + consequence
                  + ".");
    }
  }

  /** Partitions that need not be read before others are: they are ahead of what is waited for. */
  Set<SourcePartition> ahead() {
    Set<SourcePartition> ahead = new HashSet<>();
    queues.forEach(
        (partition, queue) -> {
          if (!queue.isEmpty() && !isAwaited(partition, queue)) {
            ahead.add(partition);
          }
        });
    if (boundaries.next() != null) {
      ahead.add(boundaries.partition());
    }
    return ahead;
  }

  private boolean isAwaited(SourcePartition partition, PartitionQueue<R> queue) {
    return boundaries.next() != null
        ? completeness.awaited().contains(partition)
        : inParts != null && !queue.isPast(inParts, completeness::isHandedOver);
  }

  /** Offset of the first record of a partition that waits. */
  OptionalLong firstOffset(SourcePartition partition) {
    if (repeats.holds(partition)) {
      return repeats.firstOffset(partition);
    }
    if (partition.equals(boundaries.partition())) {
      return boundaries.firstOffset();
    }
    PartitionQueue<R> queue = queues.get(partition);
    return queue == null ? OptionalLong.empty() : queue.firstOffset();
  }
}

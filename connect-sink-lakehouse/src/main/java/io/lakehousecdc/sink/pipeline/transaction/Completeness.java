// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline.transaction;

import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TransactionInfo.End;
import io.lakehousecdc.sink.pipeline.transaction.Boundaries.Ended;
import io.lakehousecdc.sink.pipeline.transaction.Boundaries.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Tells what is missing of a source's transactions, and which partitions bring it. */
final class Completeness<R> {
  private final Feeds feeds;
  private final Map<SourcePartition, PartitionQueue<R>> queues;
  private final Consumer<String> leftOut;
  private final Set<String> knownLeftOut = new HashSet<>();

  /** What comes of them later repeats them, and proves nothing. */
  private final RecentTransactions handedOver = new RecentTransactions();

  private Set<SourcePartition> awaited = Set.of();

  /**
   * @param queues what waits, kept up to date by the caller
   * @param leftOut told of each table that is not read
   */
  Completeness(
      Feeds feeds, Map<SourcePartition, PartitionQueue<R>> queues, Consumer<String> leftOut) {
    this.feeds = feeds;
    this.queues = queues;
    this.leftOut = leftOut;
  }

  /** The partitions that were to bring something when it was asked last. */
  Set<SourcePartition> awaited() {
    return awaited;
  }

  /** No transaction is waited for. */
  void awaitNothing() {
    awaited = Set.of();
  }

  void noteHandedOver(End end) {
    handedOver.add(end.transaction(), end.commitMillis());
  }

  boolean isHandedOver(Group<R> group) {
    return handedOver.contains(group.transaction(), group.commitMillis());
  }

  /**
   * Whether the source was restarted within a transaction: what it has counted since says nothing
   * of what it had sent before.
   */
  boolean isRestarted(Ended<R> next) {
    String transaction = next.end().transaction();
    return !next.kind().isRepetition()
        && (next.kind() == Kind.RESTARTED
            || queues.values().stream()
                .filter(queue -> queue.holds(transaction))
                .anyMatch(queue -> queue.first(transaction).isCountedAnew()));
  }

  /**
   * Whether all partitions of the source have brought a later transaction.
   *
   * @param boundaries partition of the boundaries
   */
  boolean areAllPast(End end, SourcePartition boundaries) {
    awaited =
        feeds.all().stream()
            .filter(each -> !each.equals(boundaries))
            .filter(each -> !isPast(each, end.transaction()))
            .collect(Collectors.toSet());
    return awaited.isEmpty();
  }

  /** The tables of which changes are to come, with how many have. */
  List<String> missing(Ended<R> next) {
    End end = next.end();
    List<String> missing = new ArrayList<>();
    Set<SourcePartition> wanted = new HashSet<>();
    end.changes()
        .forEach(
            (table, changes) -> {
              if (!feeds.bring(table)) {
                noteLeftOut(table);
                return;
              }
              Set<SourcePartition> feeding = feeds.of(table);
              long come = 0;
              boolean past = !feeding.isEmpty();
              for (SourcePartition each : feeding) {
                come += come(each, end.transaction(), table);
                past &= isPast(each, next);
              }
              if (!past && come < changes) {
                missing.add(table + " (" + come + " of " + changes + ")");
                feeding.stream().filter(each -> !isPast(each, next)).forEach(wanted::add);
              }
            });
    awaited = wanted;
    return missing;
  }

  private void noteLeftOut(String table) {
    if (!table.equals(Feeds.MESSAGES) && knownLeftOut.add(table)) {
      leftOut.accept(table);
    }
  }

  private long come(SourcePartition partition, String transaction, String table) {
    PartitionQueue<R> queue = queues.get(partition);
    Group<R> group = queue == null ? null : queue.first(transaction);
    return group == null ? 0 : group.changes(table);
  }

  /** Whether later changes of the partition prove that it has nothing more of a transaction. */
  private boolean isPast(SourcePartition partition, String transaction) {
    PartitionQueue<R> queue = queues.get(partition);
    return queue != null && queue.isPast(transaction, this::isHandedOver);
  }

  /**
   * The same for a transaction that may have come before: of one within which the source was
   * restarted there are changes that the source had sent before that.
   */
  private boolean isPast(SourcePartition partition, Ended<R> next) {
    return !next.kind().isRepetition() && isPast(partition, next.end().transaction());
  }
}

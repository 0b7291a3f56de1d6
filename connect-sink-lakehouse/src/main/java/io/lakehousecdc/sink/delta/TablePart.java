// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.domain.CommitHook;
import io.lakehousecdc.sink.delta.domain.PartitionDomains.Entry;
import io.lakehousecdc.sink.delta.table.DeltaTable;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.CommitReceipt;
import io.lakehousecdc.sink.spi.PendingSweep;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One table's part of a commit. Parts of different tables may be committed at the same time: they
 * read what their target knows, and change nothing of it. For one attempt at the commit.
 */
final class TablePart implements CommitHook {
  private final Commit commit;
  private final TableBatch batch;
  private final CommitShares shares;
  private final Map<SourcePartition, Entry> next;
  private final Set<SourcePartition> known;
  private final OwnedPartitions owned;
  private final StoredHistories histories;
  private final PendingSweeps sweeps;
  private Map<SourcePartition, Entry> held;
  private Optional<Sweep> due = Optional.empty();
  private CommitReceipt receipt = CommitReceipt.NOTHING;

  /**
   * @param next what the table will hold of the partitions that contribute to it
   * @param known partitions of the commit that it is known to hold
   */
  TablePart(
      Commit commit,
      TableBatch batch,
      CommitShares shares,
      Map<SourcePartition, Entry> next,
      Set<SourcePartition> known,
      OwnedPartitions owned,
      StoredHistories histories,
      PendingSweeps sweeps) {
    this.commit = commit;
    this.batch = batch;
    this.shares = shares;
    this.next = next;
    this.known = known;
    this.owned = owned;
    this.histories = histories;
    this.sweeps = sweeps;
    this.held = next;
  }

  TableId table() {
    return batch.table();
  }

  /** Partitions of which the table holds the whole state when this is committed. */
  Set<SourcePartition> whole() {
    Set<SourcePartition> whole = new HashSet<>();
    next.forEach(
        (partition, entry) -> {
          if (entry.complete()) {
            whole.add(partition);
          }
        });
    return whole;
  }

  /** Commits it, if it is not committed yet. */
  TablePart committedTo(DeltaTable table) {
    receipt = table.commit(batch, commit.histories(), this).of(batch.table());
    return this;
  }

  @Override
  public Optional<CommitExtras> decide(Map<String, String> domains) {
    Optional<Map<SourcePartition, Entry>> made = owned.committedEntries(next, domains);
    if (made.isPresent()) {
      held = made.get();
      due = Optional.empty();
      return Optional.empty();
    }
    held = next;
    Set<SourcePartition> concerned = shares.among(domains.keySet());
    concerned.addAll(known);
    Map<String, Optional<String>> changes =
        owned.tableDomains(batch.table(), next, concerned, domains);
    histories.put(changes, commit.histories(), batch.table(), domains);
    due = batch.sweep().filter(sweep -> sweeps.isDue(commit, batch.table(), sweep, domains));
    return Optional.of(new CommitExtras(changes, due));
  }

  /** What the table holds of the partitions, when it is committed. */
  Map<SourcePartition, Entry> entries() {
    return held;
  }

  /** What it has done. */
  CommitReceipt receipt() {
    return receipt;
  }

  /** The sweep that it has carried out. */
  Optional<PendingSweep> carriedOut() {
    return due.map(sweep -> PendingSweeps.pending(batch.table(), sweep));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Everything that one flush writes, to be committed atomically.
 *
 * @param id by which a target knows an attempt that is made again, and what it has prepared; to
 *     tell commits apart compare this, never the instances
 * @param batches at most one per table
 * @param advances next states of the partitions that the changes and the skipped records came from
 * @param deadLetters rejected records; empty unless a dead-letter table is configured
 * @param contributors for each table of {@code batches}, the partitions that its changes came from.
 *     A target that commits table by table stores the advances of these partitions with the table
 * @param histories all histories that the positions of the changes were found with. A target stores
 *     them with the rows, and refuses the commit where it holds one that they do not include
 * @param progress transactions up to which the tables show their sources with this commit; empty
 *     where transactions are not applied as a whole, or none has ended
 * @param status what people want to know of tables, to be added to what is stored; see {@link
 *     StatusWrites}. No part of what makes a commit another one
 */
public record Commit(
    CommitId id,
    List<TableBatch> batches,
    List<PartitionAdvance> advances,
    List<DeadLetter> deadLetters,
    Map<TableId, Set<SourcePartition>> contributors,
    Histories histories,
    List<SourceProgress> progress,
    List<TableStatus> status) {

  /** A new commit, with an id of its own. */
  public Commit(
      List<TableBatch> batches,
      List<PartitionAdvance> advances,
      List<DeadLetter> deadLetters,
      Map<TableId, Set<SourcePartition>> contributors,
      Histories histories,
      List<SourceProgress> progress) {
    this(
        CommitId.unique(),
        batches,
        advances,
        deadLetters,
        contributors,
        histories,
        progress,
        List.of());
  }

  /** A new commit that tells of no transaction. */
  public Commit(
      List<TableBatch> batches,
      List<PartitionAdvance> advances,
      List<DeadLetter> deadLetters,
      Map<TableId, Set<SourcePartition>> contributors,
      Histories histories) {
    this(batches, advances, deadLetters, contributors, histories, List.of());
  }

  /** The same commit, which stores the status of tables, too. */
  public Commit with(List<TableStatus> told) {
    return new Commit(id, batches, advances, deadLetters, contributors, histories, progress, told);
  }
}

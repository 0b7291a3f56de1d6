// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.PartitionAdvance;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Which partitions' advances go to which tables of a commit. Immutable. */
final class CommitShares {
  private final Map<TableId, List<PartitionAdvance>> advances = new HashMap<>();
  private final Map<SourcePartition, Integer> tables = new HashMap<>();

  CommitShares(Commit commit) {
    Map<SourcePartition, PartitionAdvance> byPartition = new HashMap<>();
    commit.advances().forEach(advance -> byPartition.put(advance.partition(), advance));
    for (TableBatch batch : commit.batches()) {
      Set<SourcePartition> contributors = commit.contributors().get(batch.table());
      List<PartitionAdvance> share = new ArrayList<>();
      for (SourcePartition each : contributors == null ? byPartition.keySet() : contributors) {
        PartitionAdvance advance = byPartition.get(each);
        if (advance != null) {
          share.add(advance);
          tables.merge(each, 1, Integer::sum);
        }
      }
      advances.put(batch.table(), share);
    }
  }

  /** Advances of the partitions that contribute to a table. */
  List<PartitionAdvance> of(TableId table) {
    return advances.getOrDefault(table, List.of());
  }

  /** Whether a partition contributes to one table of the commit, and no other. */
  boolean isToOneTable(SourcePartition partition) {
    return tables.getOrDefault(partition, 0) == 1;
  }

  /** The topics that feed each table. */
  Map<TableId, Set<String>> topics() {
    Map<TableId, Set<String>> topics = new HashMap<>();
    advances.forEach(
        (table, share) -> {
          Set<String> feeding = topics.computeIfAbsent(table, id -> new TreeSet<>());
          share.forEach(advance -> feeding.add(advance.partition().topic()));
        });
    return topics;
  }
}

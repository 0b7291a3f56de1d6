// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.domain.PartitionDomains;
import io.lakehousecdc.sink.spi.Commit;
import io.lakehousecdc.sink.spi.PartitionAdvance;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Which partitions' advances go to which tables of a commit. Immutable. */
final class CommitShares {
  private final Map<TableId, List<PartitionAdvance>> advances = new HashMap<>();
  private final Map<SourcePartition, Integer> tables = new HashMap<>();
  private final Map<String, SourcePartition> domains = new HashMap<>();

  CommitShares(String connector, Commit commit) {
    Map<SourcePartition, PartitionAdvance> byPartition = new HashMap<>();
    for (PartitionAdvance advance : commit.advances()) {
      byPartition.put(advance.partition(), advance);
      domains.put(PartitionDomains.name(connector, advance.partition()), advance.partition());
    }
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

  /** Whether a partition contributes to any table of the commit. */
  boolean isToAnyTable(SourcePartition partition) {
    return tables.containsKey(partition);
  }

  /** The partitions of the commit, contributing or not, of which a table has a domain. */
  Set<SourcePartition> among(Set<String> tablesDomains) {
    Set<SourcePartition> found = new HashSet<>();
    for (String name : tablesDomains) {
      SourcePartition partition = domains.get(name);
      if (partition != null) {
        found.add(partition);
      }
    }
    return found;
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

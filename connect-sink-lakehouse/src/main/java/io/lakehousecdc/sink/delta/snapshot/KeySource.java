// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.snapshot;

import io.lakehousecdc.sink.delta.index.IndexMemory;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.snapshot.KeptKeys.Kept;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where the key index of a table comes from.
 *
 * @param memory where it may lie
 * @param kept where it is kept while no task uses it; empty where it is not
 */
public record KeySource(IndexMemory memory, Optional<KeptKeys> kept) {

  /**
   * The index of a version: the one that was kept, with what it lacks, or a new one.
   *
   * @param table location of the table, for the log
   */
  KeyMap keys(
      TableVersion version,
      List<DeltaColumn> columns,
      Set<Integer> numbersAsText,
      Collection<LiveFile> files,
      RowFiles rowFiles,
      String table)
      throws IOException {
    Optional<Kept> found =
        kept.flatMap(store -> store.read(version, columns, numbersAsText, files, memory));
    return found.isPresent()
        ? IndexBuild.filled(found.get().keys(), found.get().changed(), rowFiles, table)
        : IndexBuild.filled(new KeyMap(columns, numbersAsText, memory), files, rowFiles, table);
  }
}

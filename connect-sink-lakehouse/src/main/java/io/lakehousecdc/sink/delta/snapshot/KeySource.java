// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.snapshot;

import io.lakehousecdc.sink.delta.index.IndexMemory;
import io.lakehousecdc.sink.delta.index.Location;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.snapshot.KeptKeys.Kept;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
   * @param end column that is NULL in the rows that the index is to know; empty for all rows
   * @param table location of the table, for the log
   */
  KeyMap keys(
      TableVersion version,
      List<DeltaColumn> columns,
      Set<Integer> numbersAsText,
      Optional<DeltaColumn> end,
      Collection<LiveFile> files,
      RowFiles rowFiles,
      String table)
      throws IOException {
    Optional<Kept> found =
        kept.flatMap(store -> store.read(version, columns, numbersAsText, end, files, memory));
    if (found.isEmpty()) {
      KeyMap empty = new KeyMap(columns, numbersAsText, end, memory);
      return IndexBuild.filled(empty, files, location -> true, rowFiles, table);
    }
    KeyMap keys = found.get().keys();
    Map<String, LiveFile> active = new HashMap<>();
    files.forEach(file -> active.put(file.path(), file));
    return IndexBuild.filled(
        keys,
        found.get().changed(),
        location -> {
          LiveFile file = active.get(keys.path(Location.file(location)));
          return file != null && !file.deleted().contains(Location.row(location));
        },
        rowFiles,
        table);
  }
}

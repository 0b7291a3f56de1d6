// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.roaringbitmap.RoaringBitmap;

/** A set of stored rows: file by file, by row index. Not thread-safe. */
final class RowSet {
  private final Map<String, RoaringBitmap> rows = new LinkedHashMap<>();

  void add(LiveFile file, int row) {
    rows.computeIfAbsent(file.path(), path -> new RoaringBitmap()).add(row);
  }

  void addAll(LiveFile file, RoaringBitmap more) {
    if (!more.isEmpty()) {
      rows.computeIfAbsent(file.path(), path -> new RoaringBitmap()).or(more);
    }
  }

  void addAll(RowSet other) {
    other.rows.forEach(
        (path, more) -> rows.computeIfAbsent(path, key -> new RoaringBitmap()).or(more));
  }

  void removeAll(RowSet other) {
    other.rows.forEach(
        (path, fewer) -> {
          RoaringBitmap mine = rows.get(path);
          if (mine != null) {
            mine.andNot(fewer);
            if (mine.isEmpty()) {
              rows.remove(path);
            }
          }
        });
  }

  boolean contains(LiveFile file, int row) {
    RoaringBitmap set = rows.get(file.path());
    return set != null && set.contains(row);
  }

  /** Rows of a file, or null; not to be modified. */
  RoaringBitmap rows(LiveFile file) {
    return rows.get(file.path());
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  long count() {
    return rows.values().stream().mapToLong(RoaringBitmap::getLongCardinality).sum();
  }

  /**
   * The files, those of each partition by themselves, so that their rows can share new files.
   *
   * @param state the version whose rows these are
   */
  Collection<List<LiveFile>> partitions(TableState state) {
    Map<Map<String, String>, List<LiveFile>> partitions = new LinkedHashMap<>();
    for (String path : rows.keySet()) {
      LiveFile file = state.file(path);
      partitions
          .computeIfAbsent(file.file().partitionValues(), values -> new ArrayList<>())
          .add(file);
    }
    return partitions.values();
  }

  /** Visits the files, by path, with the rows of each; neither may be modified. */
  void forEach(BiConsumer<String, RoaringBitmap> visitor) {
    rows.forEach(visitor);
  }
}

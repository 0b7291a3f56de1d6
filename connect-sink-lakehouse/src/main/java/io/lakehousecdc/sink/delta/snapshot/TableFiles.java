// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.snapshot;

import io.lakehousecdc.sink.delta.kernel.AddStatistics;
import io.lakehousecdc.sink.delta.kernel.DataFile;
import io.lakehousecdc.sink.delta.kernel.DeletionVectors;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.kernel.VectorDescriptor;
import io.lakehousecdc.sink.delta.schema.TableShape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.roaringbitmap.RoaringBitmap;

/** The active files of a table, by path, with their deletion vectors. Guarded by its user. */
final class TableFiles {
  private final String location;
  private final RowFiles rowFiles;
  private final DeletionVectors vectors;
  private final Map<String, LiveFile> files = new LinkedHashMap<>();

  /**
   * @param location location of the table
   */
  TableFiles(String location, RowFiles rowFiles, DeletionVectors vectors) {
    this.location = location;
    this.rowFiles = rowFiles;
    this.vectors = vectors;
  }

  Collection<LiveFile> all() {
    return files.values();
  }

  /** The active file of that path, or null. */
  LiveFile get(String path) {
    return files.get(path);
  }

  boolean contains(String path) {
    return files.containsKey(path);
  }

  /** Size of all files. */
  long bytes() {
    return files.values().stream().mapToLong(file -> file.file().size()).sum();
  }

  /** Reads the files of a version, where there are none yet. */
  void read(TableVersion version, TableShape shape) throws IOException {
    List<DataFile> active = new ArrayList<>();
    version.files(active::add);
    Map<VectorDescriptor, RoaringBitmap> deleted = vectors(active);
    for (DataFile file : active) {
      files.put(file.path(), open(file, deleted, shape));
    }
  }

  /** Takes over what a commit removes and adds; a file that it changes is among both. */
  void replace(Collection<LiveFile> removed, Collection<LiveFile> added) {
    removed.forEach(file -> files.remove(file.path()));
    added.forEach(file -> files.put(file.path(), file));
  }

  /**
   * What others have done to the files.
   *
   * @param added files that were not active before
   * @param revived whether rows that were deleted have come back
   */
  record Difference(List<LiveFile> added, boolean revived) {}

  /**
   * Takes over what others have committed.
   *
   * @param changes by path: the file as it is now, or empty where it is no longer active
   */
  Difference apply(Map<String, Optional<DataFile>> changes, TableShape shape) throws IOException {
    List<LiveFile> added = new ArrayList<>();
    boolean revived = false;
    Map<VectorDescriptor, RoaringBitmap> deleted =
        vectors(changes.values().stream().flatMap(Optional::stream).toList());
    for (Map.Entry<String, Optional<DataFile>> change : changes.entrySet()) {
      LiveFile before = files.get(change.getKey());
      if (change.getValue().isEmpty()) {
        files.remove(change.getKey());
        continue;
      }
      LiveFile after = open(change.getValue().get(), deleted, shape);
      files.put(change.getKey(), after);
      if (before == null) {
        added.add(after);
      } else if (!after.deleted().contains(before.deleted())) {
        revived = true;
      }
    }
    return new Difference(added, revived);
  }

  /** The vectors of some files; all at once, because those of one commit lie in one file. */
  private Map<VectorDescriptor, RoaringBitmap> vectors(Collection<DataFile> files)
      throws IOException {
    return vectors.read(
        files.stream().map(DataFile::deletionVector).flatMap(Optional::stream).toList());
  }

  private LiveFile open(
      DataFile file, Map<VectorDescriptor, RoaringBitmap> deleted, TableShape shape)
      throws IOException {
    String place = TablePaths.file(location, file.path());
    long rows = AddStatistics.records(file.stats());
    return new LiveFile(
        file,
        place,
        Math.toIntExact(rows >= 0 ? rows : rowFiles.count(place, file.size())),
        file.deletionVector().map(deleted::get).orElseGet(RoaringBitmap::new),
        PositionBounds.of(file, shape));
  }
}

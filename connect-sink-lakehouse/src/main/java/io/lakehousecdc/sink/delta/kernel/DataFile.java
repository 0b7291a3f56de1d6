// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An active data file as the log describes it. Carries every field of the {@code add} action, so
 * that the file can be removed, or added anew with another deletion vector, without losing any.
 *
 * @param path path as the log has it: a URI, relative to the table or absolute
 * @param partitionValues serialised partition values by physical column name; a value may be null
 * @param size length in bytes
 * @param modificationTime milliseconds since the epoch
 * @param stats statistics; null where there are none
 * @param tags tags of the file, such as those of clustering; empty where there are none
 * @param baseRowId first row id, of tables with row tracking
 * @param defaultRowCommitVersion commit version of its rows, of tables with row tracking
 * @param deletionVector rows that are no longer part of the table
 * @param clusteringProvider who has clustered its rows, of clustered tables; empty where nobody has
 * @see <a href="https://github.com/delta-io/delta/blob/master/PROTOCOL.md">Delta protocol: Add File
 *     and Remove File</a>
 */
public record DataFile(
    String path,
    Map<String, String> partitionValues,
    long size,
    long modificationTime,
    AddStatistics stats,
    Map<String, String> tags,
    Optional<Long> baseRowId,
    Optional<Long> defaultRowCommitVersion,
    Optional<VectorDescriptor> deletionVector,
    Optional<String> clusteringProvider) {

  /**
   * Tag of a file with a deletion vector: since when it has deleted rows, in milliseconds since the
   * epoch. Other writers of Delta keep the tags of a file whose vector they change.
   */
  public static final String DELETED_SINCE = "lakehousecdc.deletedSince";

  public DataFile {
    requireNonNull(path, "path");
    requireNonNull(partitionValues, "partitionValues");
    requireNonNull(tags, "tags");
  }

  /**
   * A file that this writer has just made.
   *
   * @param stats statistics as JSON
   */
  public static DataFile written(
      String path, Map<String, String> partitionValues, long size, long time, String stats) {
    return new DataFile(
        path,
        partitionValues,
        size,
        time,
        AddStatistics.of(stats),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** The same file with another deletion vector and the statistics that go with it. */
  public DataFile with(VectorDescriptor vector, AddStatistics newStats) {
    return with(vector, newStats, deletedSince().orElseGet(System::currentTimeMillis));
  }

  /**
   * The same for a file that has rows which were deleted before it was written.
   *
   * @param since when the first of them was deleted, milliseconds since the epoch
   */
  public DataFile with(VectorDescriptor vector, AddStatistics newStats, long since) {
    Map<String, String> newTags = new HashMap<>(tags);
    newTags.put(DELETED_SINCE, Long.toString(since));
    return new DataFile(
        path,
        partitionValues,
        size,
        modificationTime,
        newStats,
        Collections.unmodifiableMap(newTags),
        baseRowId,
        defaultRowCommitVersion,
        Optional.of(vector),
        clusteringProvider);
  }

  /**
   * Since when the file has deleted rows, in milliseconds since the epoch; empty where it has none.
   * Where no tag tells, it is the time at which the file was written: other writers, which do not
   * tell, leave deleted rows behind when they write a file.
   */
  public OptionalLong deletedSince() {
    if (deletionVector.isEmpty()) {
      return OptionalLong.empty();
    }
    String tag = tags.get(DELETED_SINCE);
    try {
      return OptionalLong.of(tag == null ? modificationTime : Long.parseLong(tag));
    } catch (NumberFormatException e) {
      return OptionalLong.of(modificationTime);
    }
  }

  /** The same file with row ids. */
  DataFile with(long firstRowId, long commitVersion) {
    return new DataFile(
        path,
        partitionValues,
        size,
        modificationTime,
        stats,
        tags,
        Optional.of(firstRowId),
        Optional.of(commitVersion),
        deletionVector,
        clusteringProvider);
  }
}

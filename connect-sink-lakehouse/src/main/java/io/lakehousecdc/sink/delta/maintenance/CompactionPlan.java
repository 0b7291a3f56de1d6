// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import io.lakehousecdc.sink.delta.index.EncodedKey;
import io.lakehousecdc.sink.delta.index.KeyMoves;
import io.lakehousecdc.sink.delta.kernel.DataFile;
import io.lakehousecdc.sink.delta.maintenance.CompactionPolicy.Candidate;
import io.lakehousecdc.sink.delta.maintenance.Compactor.Source;
import io.lakehousecdc.sink.delta.maintenance.Compactor.SourceRowIds;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.parquet.RowFileReader;
import io.lakehousecdc.sink.delta.parquet.RowFileWriter;
import io.lakehousecdc.sink.delta.parquet.RowVisitor;
import io.lakehousecdc.sink.delta.schema.PartitionValues;
import io.lakehousecdc.sink.delta.snapshot.KeyMap;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The plan of one compaction: which files of one partition are merged, and how the index follows.
 *
 * @param sources files to merge; none where none are worth it
 * @param smallFiles number of small files in their partition, themselves included
 * @param partition partition of all sources
 * @param columns columns of the new file
 * @param rowIdColumns columns of row ids; none where they are not kept
 * @param keys index that has to follow; null where there is none, or it reads the new file itself
 * @param keyPlaces places of its columns among {@code columns}; -1 for one that all rows share
 * @param endPlace place of the column that is NULL in the rows that the index knows; -1 for all
 *     rows
 * @param sharedKey values of the key columns that all rows share
 * @param besideCommits whether commits may go on meanwhile
 * @param memoryBytes heap that carrying it out takes, about; 0 where there is nothing to do
 */
record CompactionPlan(
    List<Source> sources,
    int smallFiles,
    Map<String, String> partition,
    List<DeltaColumn> columns,
    List<DeltaColumn> rowIdColumns,
    KeyMap keys,
    int[] keyPlaces,
    int endPlace,
    Object[] sharedKey,
    boolean besideCommits,
    long memoryBytes) {

  /** Keys that are collected beside the commits; of larger files the index reads them itself. */
  private static final long KEYS = 2_000_000;

  /** A collected key with its row, once as it comes and once in the index's order. */
  private static final int BYTES_PER_KEY = 40;

  /** A page of a column being read and one being written, and what goes with them. */
  private static final int BYTES_PER_COLUMN = 128 << 10;

  /** How much larger rows may be in memory than in a file. */
  private static final int EXPANSION = 4;

  /**
   * Which files are rewritten for what reason.
   *
   * @param policy what is worth a merge; empty for nothing
   * @param purge what comes first: files with rows that were deleted too long ago
   */
  record Rules(Optional<CompactionPolicy> policy, Optional<Overdue> purge) {}

  /**
   * Files with deleted rows that are to be written anew whatever their share.
   *
   * @param since milliseconds since the epoch: those with rows that were deleted at or before
   * @param targetBytes size of the new file, but where a single one is larger
   */
  record Overdue(long since, long targetBytes) {}

  /** What comes first, or is worth most, in a version of a table. */
  static CompactionPlan of(TableState state, Rules rules) {
    List<Source> sources = new ArrayList<>();
    long bytes = 0;
    long rows = 0;
    int smallFiles = 0;
    Map<String, String> partition = Map.of();
    List<DeltaColumn> rowIdColumns = state.version().rowIdColumns();
    if (rowIdColumns.isEmpty() || haveRowIds(state)) {
      Choice choice = choose(state, rules);
      smallFiles = choice.smallFiles();
      Set<String> chosen = Set.copyOf(choice.paths());
      for (LiveFile file : state.files()) {
        if (chosen.contains(file.path())) {
          sources.add(
              new Source(
                  file.path(),
                  file.location(),
                  file.file().size(),
                  file.rows(),
                  file.live(),
                  rowIds(file.file())));
          partition = file.file().partitionValues();
          bytes += file.file().size();
          rows += file.liveRows();
        }
      }
    }
    List<DeltaColumn> columns = state.shape().partitioning().storedColumns();
    KeyMap keys = rows > KEYS ? null : state.keys();
    int size = keys == null ? 0 : keys.columns().size();
    int[] keyPlaces = new int[size];
    Object[] sharedKey = new Object[size];
    for (int i = 0; i < size; i++) {
      DeltaColumn column = keys.columns().get(i);
      keyPlaces[i] = place(column, columns);
      sharedKey[i] =
          keyPlaces[i] < 0
              ? PartitionValues.value(column.type(), partition.get(column.physicalName()))
              : null;
    }
    return new CompactionPlan(
        sources,
        smallFiles,
        partition,
        columns,
        rowIdColumns,
        keys,
        keyPlaces,
        keys == null ? -1 : keys.end().map(column -> place(column, columns)).orElse(-1),
        sharedKey,
        state.version().allowsDeletionVectors(),
        sources.isEmpty() ? 0 : memoryBytes(bytes, columns.size(), keys == null ? 0 : rows));
  }

  private static long memoryBytes(long fileBytes, int columns, long keys) {
    return Math.min(RowFileReader.MEMORY_BYTES, EXPANSION * fileBytes)
        + Math.min(RowFileWriter.MEMORY_BYTES, EXPANSION * fileBytes)
        + (long) BYTES_PER_COLUMN * columns
        + BYTES_PER_KEY * keys;
  }

  /** Collects the keys of rows, each with its index in the new file. */
  RowVisitor keysInto(KeyMoves moves) {
    if (keys == null) {
      return (row, values) -> {};
    }
    EncodedKey encoded = new EncodedKey();
    Object[] key = sharedKey.clone();
    return (row, values) -> {
      if (endPlace >= 0 && values[endPlace] != null) {
        return;
      }
      for (int i = 0; i < key.length; i++) {
        if (keyPlaces[i] >= 0) {
          key[i] = values[keyPlaces[i]];
        }
      }
      if (!KeyMap.hasNull(key)) {
        keys.encoder().encode(key, encoded);
        moves.add(encoded, row);
      }
    };
  }

  /** Places of the columns that the keys are collected from. */
  int[] storedKeyPlaces() {
    return IntStream.concat(Arrays.stream(keyPlaces), IntStream.of(endPlace))
        .filter(place -> place >= 0)
        .toArray();
  }

  private static int place(DeltaColumn wanted, List<DeltaColumn> columns) {
    return columns.stream().map(DeltaColumn::physicalName).toList().indexOf(wanted.physicalName());
  }

  /** Files of a partition, and how many small ones it has. */
  private record Choice(List<String> paths, int smallFiles) {}

  private static Choice choose(TableState state, Rules rules) {
    Optional<Choice> overdue = rules.purge().flatMap(purge -> overdue(state, purge));
    return overdue.orElseGet(
        () -> rules.policy().map(policy -> choose(state, policy)).orElse(new Choice(List.of(), 0)));
  }

  /** The files of the partition whose rows were deleted first, the oldest in front. */
  private static Optional<Choice> overdue(TableState state, Overdue purge) {
    List<LiveFile> oldest =
        state.files().stream()
            .filter(file -> deletedSince(file) <= purge.since())
            .sorted(Comparator.comparingLong(CompactionPlan::deletedSince))
            .toList();
    List<String> chosen = new ArrayList<>();
    long bytes = 0;
    for (LiveFile file : oldest) {
      if (file.file().partitionValues().equals(oldest.get(0).file().partitionValues())) {
        bytes += candidate(file).liveBytes();
        if (!chosen.isEmpty() && bytes > purge.targetBytes()) {
          break;
        }
        chosen.add(file.path());
      }
    }
    return chosen.isEmpty() ? Optional.empty() : Optional.of(new Choice(chosen, 0));
  }

  /** Since when a file has deleted rows; the greatest number where it has none. */
  private static long deletedSince(LiveFile file) {
    return file.deleted().isEmpty()
        ? Long.MAX_VALUE
        : file.file().deletedSince().orElse(Long.MAX_VALUE);
  }

  /** Since when there are deleted rows in files; the greatest number where there are none. */
  static long deletedSince(TableState state) {
    return state.files().stream()
        .mapToLong(CompactionPlan::deletedSince)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /** The files of one partition that are worth most: rows of different ones do not mix. */
  private static Choice choose(TableState state, CompactionPolicy policy) {
    Map<Map<String, String>, List<Candidate>> partitions = new LinkedHashMap<>();
    for (LiveFile file : state.files()) {
      Candidate candidate = candidate(file);
      // To merge what others have clustered would undo it; they cluster it again where it is
      // sparse.
      if (file.file().clusteringProvider().isEmpty() || candidate.liveShare() < policy.minLive()) {
        partitions
            .computeIfAbsent(file.file().partitionValues(), partition -> new ArrayList<>())
            .add(candidate);
      }
    }
    return partitions.values().stream()
        .map(files -> new Choice(policy.choose(files), policy.countSmall(files)))
        .max(Comparator.comparingInt(choice -> choice.paths().size()))
        .orElse(new Choice(List.of(), 0));
  }

  /** Others may still be about to give them to the files of a table that was made without. */
  private static boolean haveRowIds(TableState state) {
    return state.files().stream().allMatch(file -> rowIds(file.file()).isPresent());
  }

  private static Optional<SourceRowIds> rowIds(DataFile file) {
    return file.baseRowId()
        .flatMap(
            first ->
                file.defaultRowCommitVersion().map(version -> new SourceRowIds(first, version)));
  }

  private static Candidate candidate(LiveFile file) {
    return new Candidate(file.path(), file.file().size(), file.rows(), file.liveRows());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import io.lakehousecdc.sink.delta.index.KeyMoves;
import io.lakehousecdc.sink.delta.kernel.AddStatistics;
import io.lakehousecdc.sink.delta.kernel.CommitConflictException;
import io.lakehousecdc.sink.delta.kernel.DataFile;
import io.lakehousecdc.sink.delta.kernel.DeletionVectors;
import io.lakehousecdc.sink.delta.kernel.NewCommit;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.kernel.VectorDescriptor;
import io.lakehousecdc.sink.delta.maintenance.CompactionMemory.Grant;
import io.lakehousecdc.sink.delta.maintenance.CompactionMemory.Request;
import io.lakehousecdc.sink.delta.maintenance.Compactor.Compacted;
import io.lakehousecdc.sink.delta.maintenance.Compactor.Source;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.PositionBounds;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import io.lakehousecdc.sink.delta.storage.FileIO;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.roaringbitmap.RoaringBitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The compaction of one table: merges files while commits go on. In three steps:
 *
 * <ol>
 *   <li>Under the table's lock: choose files and note which of their rows are live.
 *   <li>Without it: write those rows as one file. Commits may delete some of them meanwhile.
 *   <li>Under the lock: if all files are still active, replace them in one commit that changes no
 *       data; deleted rows of the new file go into a deletion vector of its own, and the index
 *       learns the new places of the others.
 * </ol>
 *
 * <p>A crash after the second step leaves a file that no commit names, for the vacuum; one after
 * the log entry leaves a table that is compacted, and an index that is rebuilt from it.
 */
public final class TableCompaction {
  private static final Logger LOG = LoggerFactory.getLogger(TableCompaction.class);

  private final ExclusiveTable table;
  private final FileIO store;
  private final String location;
  private final TableLog log;
  private final DeletionVectors vectors;
  private final Compactor compactor;
  private final Optional<CompactionPolicy> policy;
  private final Optional<PurgeSchedule> purge;
  private final CompactionMemory memory;
  private final long memoryLimit;
  private final Runnable turn;
  private int smallFiles;
  private volatile long deletedSince = Long.MAX_VALUE;

  /** A compaction that shares its memory with no other. */
  public TableCompaction(
      ExclusiveTable table,
      FileIO store,
      String location,
      Compactor compactor,
      CompactionPolicy policy) {
    this(
        table,
        store,
        location,
        compactor,
        Optional.of(policy),
        Optional.empty(),
        new CompactionMemory(),
        Long.MAX_VALUE,
        () -> {});
  }

  /**
   * A compaction that begins when there is memory for it.
   *
   * @param policy what is worth a merge; empty for nothing
   * @param purge when files are written anew for the sake of their deleted rows
   * @param memory what it shares with others
   * @param memoryLimit what all of them may take together, in bytes
   * @param turn called, on any thread, when {@link #run} is to be called again
   */
  TableCompaction(
      ExclusiveTable table,
      FileIO store,
      String location,
      Compactor compactor,
      Optional<CompactionPolicy> policy,
      Optional<PurgeSchedule> purge,
      CompactionMemory memory,
      long memoryLimit,
      Runnable turn) {
    this.memory = memory;
    this.memoryLimit = memoryLimit;
    this.turn = turn;
    this.table = table;
    this.store = store;
    this.location = location;
    this.log = new TableLog(store, location);
    this.vectors = new DeletionVectors(store, location);
    this.compactor = compactor;
    this.policy = policy;
    this.purge = purge;
  }

  /**
   * A plan carried out, but for the commit.
   *
   * @param began a time before it was made
   */
  private record Merged(
      CompactionPlan plan, long began, String name, Compacted compacted, KeyMoves moves) {}

  /**
   * Merges once, if files are worth it and there is memory.
   *
   * @return number of files that were replaced; 0 where none were
   */
  public int run() throws IOException {
    boolean waits = false;
    try {
      long needed = table.exclusively(state -> plan(state)).map(this::memoryBytes).orElse(0L);
      if (needed == 0) {
        return 0;
      }
      Optional<Grant> grant = memory.take(this, new Request(needed, memoryLimit, turn));
      waits = grant.isEmpty();
      if (waits) {
        return 0;
      }
      try (Grant taken = grant.get()) {
        return run(taken.bytes());
      }
    } finally {
      if (!waits) {
        memory.withdraw(this);
      }
    }
  }

  /** Waits for memory no longer. */
  void withdraw() {
    memory.withdraw(this);
  }

  /** The plan may have changed since it was measured: one that needs more waits for its turn. */
  private int run(long memoryBytes) throws IOException {
    long began = System.currentTimeMillis();
    Optional<CompactionPlan> plan = table.exclusively(this::plan);
    if (plan.isEmpty() || !isWithin(plan.get(), memoryBytes)) {
      return 0;
    }
    if (!plan.get().besideCommits()) {
      return table.exclusively(state -> runAtOnce(state, memoryBytes)).orElse(0);
    }
    Merged merged = merge(plan.get(), began);
    // Where this throws, the log entry may be there all the same: the file stays, for the table or
    // for the vacuum.
    int replaced = table.exclusively(state -> replace(state, merged)).orElse(0);
    if (replaced == 0) {
      LOG.info("{}: others replaced files that were being compacted; they are left", location);
      store.delete(merged.compacted.file().location());
    }
    return replaced;
  }

  /**
   * All three steps under the lock, for tables without deletion vectors: each commit replaces the
   * files that it touches, so that nothing written beside it would still fit.
   */
  private int runAtOnce(TableState state, long memoryBytes)
      throws IOException, CommitConflictException {
    CompactionPlan plan = plan(state);
    return isWithin(plan, memoryBytes)
        ? replace(state, merge(plan, System.currentTimeMillis()))
        : 0;
  }

  private boolean isWithin(CompactionPlan plan, long memoryBytes) {
    boolean within = memoryBytes(plan) <= memoryBytes;
    if (!within) {
      turn.run();
    }
    return within && !plan.sources().isEmpty();
  }

  /** Heap that carrying out a plan takes; 0 where there is nothing to do. */
  private long memoryBytes(CompactionPlan plan) {
    return plan.memoryBytes() + compactor.fetchedBytes(plan.sources());
  }

  /**
   * Number of small files that the partition had which was last compacted, or looked at for that.
   * Of the thread that calls {@link #run}.
   */
  int smallFiles() {
    return smallFiles;
  }

  /**
   * Since when files of the table have deleted rows, as last seen: milliseconds since the epoch, or
   * the greatest number where they have none. For any thread.
   */
  long deletedSince() {
    return deletedSince;
  }

  private CompactionPlan plan(TableState state) {
    CompactionPlan plan =
        CompactionPlan.of(
            state,
            new CompactionPlan.Rules(policy, purge.map(schedule -> overdue(state, schedule))));
    deletedSince = CompactionPlan.deletedSince(state);
    smallFiles = plan.smallFiles();
    return plan;
  }

  private static CompactionPlan.Overdue overdue(TableState state, PurgeSchedule schedule) {
    Duration kept = schedule.keptBy(state.version());
    return new CompactionPlan.Overdue(
        System.currentTimeMillis() - schedule.keeping(kept).rewriteAfter().toMillis(),
        schedule.targetBytes());
  }

  private Merged merge(CompactionPlan plan, long began) throws IOException {
    String name = "part-" + UUID.randomUUID() + ".parquet";
    KeyMoves moves = new KeyMoves();
    Compactor writer = plan.besideCommits() && purge.isEmpty() ? compactor : compactor.ofLiveRows();
    Compacted compacted =
        writer.compact(
            plan.sources(),
            plan.columns(),
            plan.rowIdColumns(),
            location + "/" + name,
            plan.storedKeyPlaces(),
            plan.keysInto(moves));
    moves.arrange();
    return new Merged(plan, began, name, compacted, moves);
  }

  /** Number of files replaced; 0 where the table has changed so that they cannot be. */
  private int replace(TableState state, Merged merged) throws IOException, CommitConflictException {
    CompactionPlan plan = merged.plan;
    Compacted compacted = merged.compacted;
    List<LiveFile> replaced = new ArrayList<>();
    List<RoaringBitmap> deleted = new ArrayList<>();
    for (Source source : plan.sources()) {
      LiveFile file = state.file(source.path());
      if (file == null
          || RoaringBitmap.andNot(file.live(), source.live()).getLongCardinality() > 0) {
        return 0;
      }
      replaced.add(file);
      deleted.add(file.deleted());
    }
    RoaringBitmap gone = compacted.deleted(deleted);
    if (!gone.isEmpty() && !plan.besideCommits()) {
      return 0;
    }
    List<LiveFile> added = new ArrayList<>();
    if (gone.getLongCardinality() < compacted.file().rows()) {
      // Where deleted rows stayed behind, those that the new file has were deleted meanwhile.
      long since = purge.isPresent() ? merged.began : deletedSince(replaced);
      added.add(newFile(state, merged, gone, since));
    }
    TableVersion now =
        log.commit(
            state.version(),
            new NewCommit(
                replaced.stream().map(LiveFile::file).toList(),
                added.stream().map(LiveFile::file).toList(),
                Map.of(),
                false));
    state.committed(now, replaced, added, Map.of());
    if (state.keys() != null && !added.isEmpty()) {
      if (state.keys() == plan.keys()) {
        plan.keys().apply(merged.moves, added.get(0), gone);
      } else {
        state.keys().add(added.get(0), state.rowFiles());
      }
    }
    return replaced.size();
  }

  /** Deleted rows may come along where most rows of a file are live. */
  private static long deletedSince(List<LiveFile> replaced) {
    return replaced.stream()
        .flatMapToLong(file -> file.file().deletedSince().stream())
        .min()
        .orElseGet(System::currentTimeMillis);
  }

  private LiveFile newFile(TableState state, Merged merged, RoaringBitmap gone, long deletedSince)
      throws IOException {
    String name = merged.name;
    Compacted compacted = merged.compacted;
    DataFile file =
        DataFile.written(
            name,
            merged.plan.partition(),
            compacted.file().size(),
            System.currentTimeMillis(),
            compacted.file().statistics());
    if (!gone.isEmpty()) {
      VectorDescriptor vector = vectors.write(Map.of(name, gone)).get(name);
      file =
          file.with(
              vector, AddStatistics.loosened(file.stats(), compacted.file().rows()), deletedSince);
    }
    file = state.version().rowIds().given(file, compacted.file().rows());
    return new LiveFile(
        file,
        location + "/" + name,
        compacted.file().rows(),
        gone,
        PositionBounds.of(file, state.shape()));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import io.lakehousecdc.sink.delta.kernel.DeletionVectors;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.maintenance.MaintenanceOptions.VacuumSchedule;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.error.TargetException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The maintenance of one table, beside its commits, which wake it, on threads that all tables of
 * the worker share: checkpoints, then the vacuum, then compaction. What fails is logged, counted
 * and tried again after a later commit; the table and its commits do not depend on it.
 */
public final class TableMaintenance implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TableMaintenance.class);
  private static final int IDLE_SECONDS = 10;
  private static final int LEAST_THREADS = 2;
  private static final int CLOSE_SECONDS = 60;
  private static final Executor THREADS = threads();

  private final ExclusiveTable table;
  private final String location;
  private final FileIO store;
  private final MaintenanceOptions options;
  private final Optional<TableCompaction> compaction;
  private final CompactionPace pace;
  private final LongSupplier clock;
  private final LogUpkeep log;
  private final RemovedFiles removed;
  private final Figures figures = new Figures();
  private final AtomicBoolean pending = new AtomicBoolean();
  private final AtomicBoolean pausing = new AtomicBoolean();
  private final ExecutorService thread;
  private volatile boolean closed;
  private final RegularCalls clockwork = new RegularCalls(this::wake);
  private long sinceCheckpoint;
  private long lastVacuumMillis = Long.MIN_VALUE;
  private final AtomicLong commits = new AtomicLong();

  public TableMaintenance(
      ExclusiveTable table,
      FileIO store,
      String location,
      Compactor compactor,
      MaintenanceOptions options) {
    this(table, store, location, compactor, options, System::nanoTime);
  }

  /**
   * @param clock that compactions are paced by, as {@link System#nanoTime}
   */
  TableMaintenance(
      ExclusiveTable table,
      FileIO store,
      String location,
      Compactor compactor,
      MaintenanceOptions options,
      LongSupplier clock) {
    this.clock = clock;
    this.table = table;
    this.location = location;
    this.store = store;
    this.options = options;
    this.compaction =
        options.compaction().isEmpty() && options.purge().isEmpty()
            ? Optional.empty()
            : Optional.of(
                new TableCompaction(
                    table,
                    store,
                    location,
                    compactor,
                    options.compaction(),
                    options.purge(),
                    CompactionMemory.WORKER,
                    options.compactionMemory(),
                    this::wake));
    this.pace = new CompactionPace(options.compactionPercent(), CompactionPace.WORKER, clock);
    this.log = new LogUpkeep(store, location, options.retention());
    this.removed = Vacuum.removedFiles(store, location);
    this.thread = new SerialExecutor(THREADS, "delta-maintenance-" + location);
  }

  /** What has been done so far; readable from any thread. */
  public static final class Figures {
    public final AtomicLong compactions = new AtomicLong();
    public final AtomicLong filesCompacted = new AtomicLong();
    public final AtomicLong checkpoints = new AtomicLong();
    public final AtomicLong filesVacuumed = new AtomicLong();
    public final AtomicLong bytesVacuumed = new AtomicLong();
    public final AtomicLong failures = new AtomicLong();
  }

  public Figures figures() {
    return figures;
  }

  /**
   * Since when files of the table have had deleted rows, as last looked at: milliseconds since the
   * epoch; empty where there are none. For any thread.
   */
  public OptionalLong deletedSince() {
    long since = compaction.map(TableCompaction::deletedSince).orElse(Long.MAX_VALUE);
    return since == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(since);
  }

  /**
   * Begins to look at the table from time to time, where rows are to go in time whether or not
   * there are commits.
   */
  public void begin() {
    if (options.purge().isPresent()) {
      clockwork.begin(options.purge().get().interval());
      wake();
    }
  }

  /** The table has a new version; returns at once. */
  public void committed() {
    commits.incrementAndGet();
    pace.committed();
    wake();
  }

  private void wake() {
    if (!closed && pending.compareAndSet(false, true)) {
      try {
        thread.execute(this::look);
      } catch (RejectedExecutionException closing) {
        LOG.debug("{} is being closed", location);
      }
    }
  }

  private void wakeIn(long nanos) {
    if (pausing.compareAndSet(false, true)) {
      CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS, Runnable::run)
          .execute(
              () -> {
                pausing.set(false);
                wake();
              });
    }
  }

  /** A single compaction at a time, so that commits which follow fast cannot hold up the rest. */
  private void look() {
    pending.set(false);
    sinceCheckpoint += commits.getAndSet(0);
    attempt("checkpointed", this::checkpoint);
    attempt("vacuumed", this::vacuum);
    attempt("compacted", this::compact);
  }

  @FunctionalInterface
  private interface Work {
    void run() throws IOException;
  }

  private void attempt(String done, Work work) {
    if (closed) {
      return;
    }
    try {
      work.run();
    } catch (Throwable failure) {
      // Whatever it is, want of memory included, it must end neither this thread nor the commits:
      // they are sound without.
      figures.failures.incrementAndGet();
      if (failure instanceof TargetException || failure instanceof IOException) {
        LOG.warn("{} could not be {}: {}", location, done, failure.toString());
      } else {
        LOG.warn("{} could not be {}", location, done, failure);
      }
    }
  }

  private void compact() throws IOException {
    if (compaction.isEmpty()) {
      return;
    }
    long wait = pace.nanosToWait();
    if (wait > 0) {
      // Others would wait for it where its turn to have memory comes meanwhile.
      compaction.get().withdraw();
      wakeIn(wait);
      return;
    }
    long began = clock.getAsLong();
    int files = compacted();
    if (closed) {
      // It may have asked for memory since.
      compaction.get().withdraw();
    }
    if (files > 0) {
      pace.compacted(clock.getAsLong() - began, compaction.get().smallFiles());
      figures.compactions.incrementAndGet();
      figures.filesCompacted.addAndGet(files);
      sinceCheckpoint++;
      wake();
    } else {
      pace.foundNothing();
    }
  }

  private int compacted() throws IOException {
    try {
      return compaction.get().run();
    } catch (IOException | RuntimeException e) {
      pace.foundNothing();
      throw e;
    }
  }

  private void checkpoint() throws IOException {
    if (options.checkpointInterval().isEmpty()
        || sinceCheckpoint < options.checkpointInterval().getAsInt()) {
      return;
    }
    sinceCheckpoint = 0;
    log.checkpoint();
    figures.checkpoints.incrementAndGet();
    log.removeSideFiles();
    table.checkpointed();
  }

  private void vacuum() throws IOException {
    if (options.vacuum().isEmpty()) {
      return;
    }
    long now = System.currentTimeMillis();
    long next = lastVacuumMillis + vacuumInterval(options.vacuum().get()).toMillis();
    if (lastVacuumMillis != Long.MIN_VALUE && now < next) {
      return;
    }
    Optional<Duration> retention = table.exclusively(state -> retention(state.version()));
    if (retention.isEmpty()) {
      return;
    }
    lastVacuumMillis = now;
    Vacuum.Removed gone =
        new Vacuum(store, location, retention.get(), removed).run(now, this::active);
    figures.filesVacuumed.addAndGet(gone.files());
    figures.bytesVacuumed.addAndGet(gone.bytes());
    if (options.purge().isPresent() && gone.files() > 0) {
      // Checkpoints and entries before tell bounds of what was in the files.
      sinceCheckpoint = options.checkpointInterval().orElse(0);
      checkpoint();
    }
  }

  private Duration vacuumInterval(VacuumSchedule schedule) {
    Duration usual = schedule.interval();
    return options
        .purge()
        .map(PurgeSchedule::interval)
        .filter(interval -> interval.compareTo(usual) < 0)
        .orElse(usual);
  }

  /** The greater of what the settings and the table itself say, as far as deleted rows may wait. */
  private Duration retention(TableVersion version) {
    if (options.purge().isPresent()) {
      return options.purge().get().keptBy(version);
    }
    Duration tables = version.deletedFileRetention().orElse(Duration.ZERO);
    return tables.compareTo(options.retention()) > 0 ? tables : options.retention();
  }

  private Set<String> active() throws IOException {
    DeletionVectors vectors = new DeletionVectors(store, location);
    return table
        .exclusively(
            state -> {
              Set<String> locations = new HashSet<>();
              for (LiveFile file : state.files()) {
                locations.add(file.location());
                file.file()
                    .deletionVector()
                    .map(vectors::location)
                    .map(store::resolve)
                    .ifPresent(locations::add);
              }
              return locations;
            })
        .orElseThrow(() -> new IOException("The table is gone"));
  }

  /** Those of the worker, for all tables: as many as it has processors. */
  private static Executor threads() {
    int count = Math.max(LEAST_THREADS, Runtime.getRuntime().availableProcessors());
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            count,
            count,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, "delta-maintenance");
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  /** Ends what is going on, at the next step where that is safe, and waits for it. */
  @Override
  public void close() {
    closed = true;
    clockwork.close();
    compaction.ifPresent(TableCompaction::withdraw);
    thread.shutdown();
    try {
      if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn(
            "{} is still being maintained after {} s; what is under way will not be interrupted,"
                + " because it is safe beside other writers",
            location,
            CLOSE_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      pace.close();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.table;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.kernel.CommitConflictException;
import io.lakehousecdc.sink.delta.kernel.DeletionVectors;
import io.lakehousecdc.sink.delta.kernel.LogChanges;
import io.lakehousecdc.sink.delta.kernel.Look;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.schema.NewTables;
import io.lakehousecdc.sink.delta.schema.TableRequirements;
import io.lakehousecdc.sink.delta.schema.TableSchemas;
import io.lakehousecdc.sink.delta.snapshot.KeySource;
import io.lakehousecdc.sink.delta.snapshot.RowFiles;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.Requests;
import io.lakehousecdc.sink.spi.ColumnChanges;
import io.lakehousecdc.sink.spi.HistoryOptions;
import io.lakehousecdc.sink.spi.TableOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The newest version of a table, kept up with what others commit to it. Guarded by its {@link
 * DeltaTable}.
 *
 * <p>Whoever builds on it begins with {@link #refresh}, which looks at the log first, or with
 * {@link #assume}, which takes the version that is known for the newest: then {@link #confirm} has
 * to find it so before anything is committed or refused. The look may end as late as that. It shows
 * that nobody has committed since the version was the newest, at any time up to then, and so the
 * later the better: an early one says nothing of what comes after it. What others commit after the
 * look, too, makes the log refuse the commit, because the name of the next entry is taken.
 */
final class TableHead {
  /** So many in a row, with none of others between, and it is left to the look at the end. */
  private static final int COMMITS_ALONE = 2;

  private final TableId id;
  private final TableLog log;
  private final TableSchemas schemas;
  private final TableRequirements requirements;
  private final RowFiles rowFiles;
  private final DeletionVectors vectors;
  private final TableOptions options;
  private final KeySource keySource;
  private final ReplacementDetector replacements;
  private final FollowedColumns columns;
  private final Requests requests;
  private TableState state;
  private RowSchema fitting;
  private boolean assumed;
  private Look look;
  private int ownCommits;
  private long newestAtNanos;

  TableHead(
      TableId id,
      TableLog log,
      FileIO store,
      NewTables newTables,
      OnOverwrite onOverwrite,
      RowFiles rowFiles,
      DeletionVectors vectors,
      TableOptions options,
      KeySource keySource) {
    this.id = id;
    this.log = log;
    this.schemas = new TableSchemas(options, newTables);
    this.requirements = new TableRequirements(options.writeMode(), newTables.partitionBy());
    this.rowFiles = rowFiles;
    this.vectors = vectors;
    this.options = options;
    this.keySource = keySource;
    this.replacements = new ReplacementDetector(id, log, onOverwrite);
    this.columns = new FollowedColumns(id, options);
    this.requests = Requests.of(store);
  }

  /** The version last refreshed, created or committed; null where none is known. */
  TableState state() {
    return state;
  }

  /** Metadata domains of that version; empty where there is none. */
  Map<String, String> domains() {
    return state == null ? Map.of() : state.domains();
  }

  /**
   * Gets ready to build on the newest version, without waiting for a look at the log where that
   * waits for a network and nobody else has committed of late.
   *
   * @throws CommitConflictException another writer committed meanwhile: it is to be done again
   */
  void assume() throws IOException, CommitConflictException {
    if (!requests.overlap() || state == null || ownCommits < COMMITS_ALONE) {
      refresh();
    } else {
      assumed = true;
      look = null;
    }
  }

  /** Begins to look whether what is assumed is so, which takes its time. */
  void look() {
    if (assumed && look == null) {
      look = beginLook();
    }
  }

  /**
   * Sees to it that what is built on is the newest version. Returns at once where it was not merely
   * assumed.
   *
   * @throws OutdatedVersionException it is not
   */
  void confirm() throws OutdatedVersionException {
    if (!assumed) {
      return;
    }
    look();
    Look begun = look;
    look = null;
    if (!begun.isNewest()) {
      ownCommits = 0;
      throw new OutdatedVersionException(log.location(), state.version().number());
    }
    assumed = false;
  }

  /** This process has committed a version, which {@link #state} is at now. */
  void committed() {
    ownCommits = Math.min(ownCommits + 1, COMMITS_ALONE);
    newestAtNanos = System.nanoTime();
  }

  private Look beginLook() {
    return log.look(state.version(), Duration.ofNanos(System.nanoTime() - newestAtNanos));
  }

  /**
   * Takes over what others have committed, a RESTORE or an overwrite included; false where there is
   * no table.
   *
   * @throws CommitConflictException another writer committed meanwhile: it is to be done again
   */
  boolean refresh() throws IOException, CommitConflictException {
    assumed = false;
    look = null;
    long begin = System.nanoTime();
    boolean exists = takeOver();
    newestAtNanos = begin;
    if (exists && !state.isRestoreChecked()) {
      replacements.check(state);
    }
    return exists;
  }

  private boolean takeOver() throws IOException {
    if (state == null) {
      Optional<TableVersion> found = log.latest();
      if (found.isPresent()) {
        requirements.requireUsable(id, found.get());
        open(found.get());
      }
      return found.isPresent();
    }
    if (beginLook().isNewest()) {
      return true;
    }
    ownCommits = 0;
    Optional<TableVersion> latest = log.latest();
    Optional<LogChanges> changes = latest.flatMap(version -> log.changes(state.version(), version));
    if (changes.isEmpty()) {
      forget();
      return takeOver();
    }
    if (changes.get().schemaChanged()) {
      fitting = null;
      requirements.requireUsable(id, latest.get());
    }
    boolean refreshed = false;
    try {
      state.refreshed(latest.get(), changes.get());
      refreshed = true;
    } finally {
      // Half a refresh must not be built on: the next call reads the table from the start.
      if (!refreshed) {
        forget();
      }
    }
    return true;
  }

  /**
   * Sees to it that there is a table that a batch fits into, and to columns that its source has
   * dropped.
   *
   * @return the batch as it is to be written, and what is to be kept with it
   * @throws CommitConflictException another writer committed first
   */
  ColumnChanges prepare(TableBatch batch) throws IOException, CommitConflictException {
    if (state == null) {
      prepare(batch.schema());
    }
    if (!state.version().mapsColumns()) {
      // Without column mapping no column can be dropped: all are kept, and nothing is followed.
      prepare(batch.schema());
      return ColumnChanges.none(batch);
    }
    ColumnChanges changes = columns.changes(batch, state.domains());
    if (!changes.steps().isEmpty() || !changes.dropped().isEmpty()) {
      confirm();
    }
    if (columns.carryOut(changes, state, log)) {
      fitting = null;
    }
    prepare(changes.batch().schema());
    return changes;
  }

  /**
   * Sees to it that there is a table that the rows of a schema fit into.
   *
   * @throws CommitConflictException another writer committed first
   */
  void prepare(RowSchema schema) throws IOException, CommitConflictException {
    if (state == null) {
      open(schemas.create(log, id, schema));
    }
    if (!schema.equals(fitting) && schema.size() > 0) {
      confirm();
      Optional<TableVersion> evolved = schemas.evolve(log, id, state.version(), schema);
      if (evolved.isPresent()) {
        state.evolved(evolved.get(), Map.of());
      }
      fitting = schema;
    }
  }

  private void open(TableVersion version) throws IOException {
    state =
        new TableState(
            version,
            log.location(),
            rowFiles,
            vectors,
            options.metadata(),
            options.history().map(HistoryOptions::columns),
            keySource);
    fitting = null;
  }

  /** Reads the version anew, where it is still the newest. */
  void reload() {
    if (state != null) {
      log.latest().filter(latest -> latest.isSame(state.version())).ifPresent(state::reloaded);
    }
  }

  /** Lets go of what is held in memory: the next refresh reads the table from the start. */
  void forget() {
    if (state != null) {
      state.close();
      state = null;
    }
  }
}

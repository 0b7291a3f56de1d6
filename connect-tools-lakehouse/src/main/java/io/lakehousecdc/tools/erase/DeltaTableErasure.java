// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import io.lakehousecdc.sink.delta.kernel.CommitConflictException;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.maintenance.LogCut;
import io.lakehousecdc.sink.delta.maintenance.LogUpkeep;
import io.lakehousecdc.sink.delta.parquet.WriteOptions;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.ReadTable;
import io.lakehousecdc.sink.delta.storage.FileInfo;
import io.lakehousecdc.tools.erase.Finding.Place;
import io.lakehousecdc.tools.removal.FileChanges;
import io.lakehousecdc.tools.removal.TableTurn;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.roaringbitmap.RoaringBitmap;

/**
 * The erasure of rows from one Delta table and everything in its directory: files that hold them
 * are written anew without them in one commit; then the old ones, replaced ones of before, and
 * files of the change data feed are deleted at once; then the log is cut where its statistics show
 * their values. A crash after any step leaves less to find for the next run. For one thread.
 */
final class DeltaTableErasure {
  /** No commit takes longer from its first file to its log entry. */
  private static final Duration COMMIT = Duration.ofHours(1);

  private final DeltaPlace place;
  private final WriteOptions writing;
  private final ErasureOptions options;
  private final FileSearch files;
  private long pending;
  private long shown = -1;

  /**
   * @param pending version up to which earlier runs had to leave the log; -1 for none
   */
  DeltaTableErasure(
      DeltaPlace place,
      WriteOptions writing,
      RowMatch.Of wanted,
      ErasureOptions options,
      long pending) {
    this.place = place;
    this.writing = writing;
    this.options = options;
    this.files = new FileSearch(place, wanted);
    this.pending = pending;
  }

  /** What is in the table's directory. */
  record Found(Optional<ReadTable> table, List<Finding> findings, List<String> searched) {}

  /** Looks at all files, and at the log. */
  Found search(Place ofRow) throws IOException {
    Optional<ReadTable> table = place.latest();
    if (table.isEmpty()) {
      return new Found(table, List.of(), List.of());
    }
    files.run(table.get());
    LogBounds log = LogBounds.read(place.store(), place.location(), files.bounds());
    List<Finding> findings = new ArrayList<>();
    Map<String, LiveFile> active = active(table.get());
    files
        .holders()
        .forEach(
            (location, count) ->
                findings.addAll(described(location, count, active.get(location), ofRow, log)));
    // The newest version has no files but those that were searched: an earlier run that found the
    // log being cut by another could not know. Nothing could ever be cut up to it.
    pending = Math.min(pending, table.get().version().number() - 1);
    shown = Math.max(pending, log.lastShowing());
    long count = log.showing().size();
    if (shown >= 0 && (count > 0 || pendingIsThere())) {
      findings.add(Finding.of(Place.TABLE_LOG, "versions up to " + shown, count));
    }
    abandoned()
        .forEach(
            file ->
                findings.add(Finding.of(Place.UNFINISHED_FILE, place.inTable(file.location()), 0)));
    files
        .unreadable()
        .forEach(
            file ->
                findings.add(
                    Finding.of(Place.UNREADABLE_FILE, file, 0)
                        .remaining(
                            "it cannot be read with the table's columns, and may hold the row: look"
                                + " at it")));
    List<String> searched = new ArrayList<>(files.searched());
    log.files().forEach(file -> searched.add("_delta_log/" + file));
    return new Found(table, findings, searched);
  }

  private static Map<String, LiveFile> active(ReadTable table) {
    return table.files().stream()
        .collect(Collectors.toMap(LiveFile::location, file -> file, (one, other) -> one));
  }

  private List<Finding> described(
      String location, long count, LiveFile active, Place ofRow, LogBounds log) {
    String name = place.inTable(location);
    if (active == null) {
      Place kind =
          FileSearch.isFeed(name)
              ? Place.CHANGE_FEED
              : log.names(DeltaPlace.name(location)) ? Place.REPLACED_FILE : Place.UNNAMED_FILE;
      return List.of(Finding.of(kind, name, count));
    }
    RoaringBitmap live = RoaringBitmap.andNot(files.rows(active), active.deleted());
    long alive = live.getLongCardinality();
    List<Finding> found = new ArrayList<>();
    if (alive > 0) {
      found.add(Finding.of(ofRow, name, alive));
    }
    if (alive < count) {
      found.add(Finding.of(Place.DELETED_ROW, name, count - alive));
    }
    return found;
  }

  private boolean pendingIsThere() throws IOException {
    return pending >= 0
        && place.store().listFrom(place.location() + "/_delta_log/0").stream()
            .anyMatch(file -> LogCut.version(file) >= 0 && LogCut.version(file) <= pending);
  }

  private List<FileInfo> abandoned() {
    long before = System.currentTimeMillis() - COMMIT.toMillis();
    return files.unfinished().stream().filter(file -> file.modifiedMillis() < before).toList();
  }

  /** What {@link #search} found of a version, and the rows that it shows. */
  FileSearch files() {
    return files;
  }

  /** Version up to which the log shows something still; -1 for none. */
  long pending() {
    return pending;
  }

  /**
   * Removes what was found.
   *
   * @param allowed whether rows of a version may be removed
   * @return what is left
   */
  List<Finding> erase(Predicate<ReadTable> allowed) throws IOException {
    if (place.latest().isEmpty()) {
      return List.of();
    }
    List<Finding> left = new ArrayList<>();
    if (!rewrite(allowed)) {
      left.add(
          Finding.of(Place.ROW, "the table", 0)
              .remaining("the row has come back meanwhile: the source has it again"));
      return left;
    }
    boolean anyHeld = !files.holders().isEmpty();
    delete(left);
    for (FileInfo file : abandoned()) {
      place.store().delete(file.location());
    }
    if (anyHeld || shown >= 0) {
      cutLog(left);
    }
    return left;
  }

  /** False where that is not allowed. */
  private boolean rewrite(Predicate<ReadTable> allowed) throws IOException {
    TableTurn turn = new TableTurn(new TableLog(place.store(), place.location()));
    return turn.take(this::latest, table -> rewrite(table, allowed, turn));
  }

  private boolean rewrite(ReadTable table, Predicate<ReadTable> allowed, TableTurn turn)
      throws IOException, CommitConflictException {
    files.active(table);
    if (!allowed.test(table)) {
      turn.leave(table);
      return false;
    }
    FileChanges changes = new FileChanges(place.store(), place.location(), table, writing);
    for (LiveFile file : table.files()) {
      if (!files.rows(file).isEmpty()) {
        changes.rewrite(file, files.rows(file));
      }
    }
    if (changes.isEmpty()) {
      turn.leave(table);
      return true;
    }
    changes.hideFromFeed();
    changes.commit(turn.passedOn(table.version().domains()));
    return true;
  }

  private ReadTable latest() throws IOException {
    return place.latest().orElseThrow(() -> new IOException("The table is gone"));
  }

  /** Deletes files that hold the rows, but for those of the newest version. */
  private void delete(List<Finding> left) throws IOException {
    // The log comes first: a file that it names, and that a later version does not have, has been
    // replaced. In the other order a commit in between would make a file of the table look so.
    LogBounds log = LogBounds.read(place.store(), place.location(), files.bounds());
    ReadTable table = latest();
    Set<String> active = active(table).keySet();
    for (Map.Entry<String, Long> holder : new HashMap<>(files.holders()).entrySet()) {
      String location = holder.getKey();
      String name = place.inTable(location);
      FileInfo listed = files.listed(location);
      boolean isNamed = log.names(DeltaPlace.name(location));
      boolean mayBeUnderWay =
          !isNamed
              && listed != null
              && listed.modifiedMillis() > System.currentTimeMillis() - COMMIT.toMillis();
      if (active.contains(location)) {
        continue;
      }
      if (FileSearch.isFeed(name) && options.keepChangeFeed()) {
        left.add(
            Finding.of(Place.CHANGE_FEED, name, holder.getValue())
                .remaining("kept as asked for, until the vacuum takes it at " + vacuumed(listed)));
      } else if (mayBeUnderWay) {
        left.add(
            Finding.of(Place.UNNAMED_FILE, name, holder.getValue())
                .remaining("a commit may be under way that writes it: run this again in an hour"));
      } else {
        place.store().delete(location);
        files.forget(location);
      }
    }
  }

  private String vacuumed(FileInfo file) {
    return file == null
        ? "the end of delta.vacuum.retention"
        : Instant.ofEpochMilli(file.modifiedMillis()).plus(options.vacuumRetention()).toString();
  }

  private void cutLog(List<Finding> left) throws IOException {
    new LogUpkeep(place.store(), place.location(), options.vacuumRetention()).checkpoint();
    LogBounds log = LogBounds.read(place.store(), place.location(), files.bounds());
    long version = Math.max(pending, log.lastShowing());
    pending = -1;
    if (version < 0) {
      return;
    }
    LogCut.Outcome outcome =
        new LogCut(place.store(), place.location())
            .upTo(version, options.vacuumRetention(), options.logAge());
    if (outcome.refusal().isPresent()) {
      pending = version;
      left.add(
          Finding.of(Place.TABLE_LOG, "versions up to " + version, log.showing().size())
              .remaining(
                  outcome.refusal().get()
                      + outcome
                          .possibleFrom()
                          .map(time -> ": run this again after " + time)
                          .orElse(
                              ", until its retention (delta.logRetentionDuration) has passed")));
    }
  }
}

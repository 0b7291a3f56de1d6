// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.table;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.domain.PartitionDomains;
import io.lakehousecdc.sink.delta.kernel.CommitConflictException;
import io.lakehousecdc.sink.delta.kernel.CommitInfo;
import io.lakehousecdc.sink.delta.kernel.NewCommit;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.snapshot.TablePaths;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import io.lakehousecdc.sink.error.FatalException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The detector of commits by other programs that replace the rows of a table and leave its metadata
 * domains as they are, or drop them: the rows removed would count as delivered.
 *
 * <p>A RESTORE takes the rows back to an older version; the offsets are taken back, too. After an
 * overwrite the table has none of the rows delivered before it: what is to be done is a setting.
 *
 * <p>The search ends at the newest commit of the sink: each builds on a version that was checked,
 * and the first of them after a replacement sets the domains. Dying before it leaves the
 * replacement for the next process to find.
 */
final class ReplacementDetector {
  private static final Logger LOG = LoggerFactory.getLogger(ReplacementDetector.class);

  /** How far a table without domains is searched: it may never have been the sink's. */
  private static final int UNKNOWN_DEPTH = 1_000;

  private final TableId id;
  private final TableLog log;
  private final OnOverwrite onOverwrite;

  ReplacementDetector(TableId id, TableLog log, OnOverwrite onOverwrite) {
    this.id = id;
    this.log = log;
    this.onOverwrite = onOverwrite;
  }

  /** What happened to the rows since the sink's newest commit. */
  private sealed interface Finding {

    /** They are those that the sink knows, but for rows that others have changed one by one. */
    record Intact() implements Finding {}

    /**
     * They are as of an older commit of the sink.
     *
     * @param version its version; -1 where they include none
     */
    record Restored(long version) implements Finding {}

    /** They were overwritten by a version's commit. */
    record Overwritten(long version, String operation) implements Finding {}
  }

  /**
   * Checks a version whose rows may have been replaced, and sets the domains to what they were in
   * the version whose rows the table has.
   *
   * @throws CommitConflictException another writer committed first: look at the table anew
   * @throws FatalException which version that is, or what it held, cannot be told; or an overwrite
   *     is to stop the task
   */
  void check(TableState state) throws CommitConflictException {
    // The table of offsets has no rows that could have been replaced.
    if (!id.equals(TablePaths.OFFSETS)) {
      Finding finding = find(state.version().number(), PartitionDomains.holdsAny(state.domains()));
      if (finding instanceof Finding.Restored restored) {
        rewind(state, restored.version());
      } else if (finding instanceof Finding.Overwritten overwritten) {
        overwritten(state, overwritten);
      }
    }
    state.restoreChecked();
  }

  private void overwritten(TableState state, Finding.Overwritten found)
      throws CommitConflictException {
    String what =
        "Table %s at %s was overwritten by another program (%s, version %d): rows that were"
                .formatted(id, log.location(), found.operation, found.version)
            + " delivered before are gone";
    switch (onOverwrite) {
      case FAIL ->
          throw new FatalException(
              what
                  + ", and will not come back by themselves. Take it back with RESTORE TABLE ... TO"
                  + " VERSION AS OF "
                  + (found.version - 1)
                  + "; or set delta.on.overwrite to restart, to read again all that Kafka holds of"
                  + " the table's topics, or to continue, to leave the rows as they are. Then"
                  + " restart the task.");
      case RESTART -> {
        LOG.warn("{}. All that Kafka holds of its topics is read again", what);
        Map<String, String> before = new HashMap<>();
        if (log.commitInfo(found.version - 1).isPresent()) {
          before.putAll(log.version(found.version - 1).domains());
        }
        before.putAll(state.domains());
        set(state, PartitionDomains.restored(before, Map.of()));
      }
      case CONTINUE -> LOG.warn("{}. delta.on.overwrite lets the sink go on", what);
    }
  }

  private void rewind(TableState state, long restored) throws CommitConflictException {
    Map<String, String> then = restored < 0 ? Map.of() : log.version(restored).domains();
    if (set(state, PartitionDomains.restored(state.domains(), then))) {
      LOG.warn(
          "Table {} was restored to rows as of version {}: its offsets go back to that version,"
              + " and what came after it is delivered again",
          id,
          restored);
    }
  }

  private boolean set(TableState state, Map<String, Optional<String>> changes)
      throws CommitConflictException {
    if (changes.isEmpty()) {
      return false;
    }
    TableVersion now = log.commit(state.version(), NewCommit.ofDomains(changes));
    state.committed(now, List.of(), List.of(), changes);
    return true;
  }

  /**
   * @param known whether the table holds anything of the sink
   */
  private Finding find(long newest, boolean known) {
    boolean restored = false;
    Finding.Overwritten overwritten = null;
    long version = newest;
    while (version >= 0 && (known || newest - version < UNKNOWN_DEPTH)) {
      Optional<CommitInfo> commit = log.commitInfo(version);
      if (commit.isEmpty()) {
        if (restored) {
          throw lost("the log no longer holds version " + version);
        }
        if (known) {
          LOG.warn(
              "Table {}: the log no longer holds version {}, nor a commit of this sink after it. A"
                  + " RESTORE or an overwrite older than that would go unnoticed.",
              id,
              version);
        }
        break;
      }
      if (commit.get() instanceof CommitInfo.Own) {
        return overwritten != null
            ? overwritten
            : restored ? new Finding.Restored(version) : new Finding.Intact();
      }
      if (commit.get() instanceof CommitInfo.Overwrite overwrite && overwritten == null) {
        overwritten = new Finding.Overwritten(version, overwrite.operation());
      }
      if (commit.get() instanceof CommitInfo.Restore restore) {
        restored = true;
        version = restore.version().isPresent() ? restore.version().getAsLong() : same(version);
      } else {
        version--;
      }
    }
    if (!known) {
      return new Finding.Intact();
    }
    return overwritten != null
        ? overwritten
        : restored ? new Finding.Restored(-1) : new Finding.Intact();
  }

  /**
   * The newest older version with the same files: a RESTORE to a time gives the time as it was
   * typed, in a time zone that the log does not tell.
   */
  private long same(long restore) {
    Set<List<Object>> wanted = files(restore);
    for (long version = restore - 1; version >= 0; version--) {
      if (log.commitInfo(version).isEmpty()) {
        break;
      }
      if (files(version).equals(wanted)) {
        return version;
      }
    }
    throw lost("version " + restore + " restored it to a time that no version in the log fits");
  }

  private Set<List<Object>> files(long version) {
    Set<List<Object>> files = new HashSet<>();
    log.version(version).files(file -> files.add(List.of(file.path(), file.deletionVector())));
    return files;
  }

  private FatalException lost(String reason) {
    return new FatalException(
        "Table "
            + id
            + " at "
            + log.location()
            + " was restored to an older version, and its offsets cannot follow: "
            + reason
            + ". Restore it again with RESTORE TABLE ... TO VERSION AS OF, to a version that this"
            + " sink committed (DESCRIBE HISTORY lists them), and restart the task; or drop the"
            + " table, reset the connector's offsets and take a new snapshot.");
  }
}

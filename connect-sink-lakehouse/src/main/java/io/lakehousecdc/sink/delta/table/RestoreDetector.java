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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The detector of RESTORE commits by other programs, which take the rows of a table back and leave
 * its metadata domains as they are: the rows removed would count as delivered. It takes the offsets
 * back, too.
 *
 * <p>The search ends at the newest commit of the sink: each builds on a version that was checked,
 * and the first of them after a RESTORE sets the domains. Dying before it leaves the RESTORE for
 * the next process to find.
 */
final class RestoreDetector {
  private static final Logger LOG = LoggerFactory.getLogger(RestoreDetector.class);

  private final TableId id;
  private final TableLog log;

  RestoreDetector(TableId id, TableLog log) {
    this.id = id;
    this.log = log;
  }

  /**
   * Checks a version that may be a restored one, and sets the domains to what they were in the
   * version whose rows the table has.
   *
   * @throws CommitConflictException another writer committed first: look at the table anew
   * @throws FatalException which version that is, or what it held, cannot be told
   */
  void check(TableState state) throws CommitConflictException {
    // The table of offsets has no rows that could have been taken back.
    if (!id.equals(TablePaths.OFFSETS) && PartitionDomains.holdsAny(state.domains())) {
      OptionalLong restored = restoredVersion(state.version().number());
      if (restored.isPresent()) {
        rewind(state, restored.getAsLong());
      }
    }
    state.restoreChecked();
  }

  private void rewind(TableState state, long restored) throws CommitConflictException {
    Map<String, String> then = restored < 0 ? Map.of() : log.version(restored).domains();
    Map<String, Optional<String>> changes = PartitionDomains.restored(state.domains(), then);
    if (!changes.isEmpty()) {
      TableVersion now = log.commit(state.version(), NewCommit.ofDomains(changes));
      state.committed(now, List.of(), List.of(), changes);
      LOG.warn(
          "Table {} was restored to rows as of version {}: its offsets go back to that version,"
              + " and what came after it is delivered again",
          id,
          restored);
    }
  }

  /**
   * Version of the sink's newest commit that the rows still include, -1 where they include none;
   * empty where nothing was restored since the sink's newest commit.
   */
  private OptionalLong restoredVersion(long newest) {
    boolean restored = false;
    long version = newest;
    while (version >= 0) {
      Optional<CommitInfo> commit = log.commitInfo(version);
      if (commit.isEmpty()) {
        if (restored) {
          throw lost("the log no longer holds version " + version);
        }
        LOG.warn(
            "Table {}: the log no longer holds version {}, nor a commit of this sink after it. A"
                + " RESTORE older than that would go unnoticed.",
            id,
            version);
        return OptionalLong.empty();
      }
      if (commit.get() instanceof CommitInfo.Own) {
        return restored ? OptionalLong.of(version) : OptionalLong.empty();
      }
      if (commit.get() instanceof CommitInfo.Restore restore) {
        restored = true;
        version = restore.version().isPresent() ? restore.version().getAsLong() : same(version);
      } else {
        version--;
      }
    }
    return restored ? OptionalLong.of(-1) : OptionalLong.empty();
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

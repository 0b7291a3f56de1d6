// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.table;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.domain.PartitionDomains;
import io.lakehousecdc.sink.delta.kernel.CommitConflictException;
import io.lakehousecdc.sink.delta.kernel.CommitOrigin;
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
 * Takes the offsets of a table back when another program has taken its rows back. RESTORE leaves
 * metadata domains as they are, so that the rows it removed would count as delivered.
 *
 * <p>A RESTORE is settled by any later commit of the sink: each builds on a version that was looked
 * at, and the first of them sets the domains. Dying before it leaves the RESTORE unsettled for the
 * next process to find.
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
   * Sets the domains to what they were in the version whose rows the table has.
   *
   * @throws CommitConflictException another writer committed first: look at the table anew
   * @throws FatalException which version that is, or what it held, cannot be told
   */
  void settle(TableState state) throws CommitConflictException {
    // The table of offsets has no rows that could have been taken back.
    if (!id.equals(TablePaths.OFFSETS) && PartitionDomains.holdsAny(state.domains())) {
      OptionalLong origin = origin(state.version().number());
      if (origin.isPresent()) {
        rewind(state, origin.getAsLong());
      }
    }
    state.settled();
  }

  private void rewind(TableState state, long origin) throws CommitConflictException {
    Map<String, String> then = origin < 0 ? Map.of() : log.version(origin).domains();
    Map<String, Optional<String>> changes = PartitionDomains.restored(state.domains(), then);
    if (!changes.isEmpty()) {
      TableVersion now = log.commit(state.version(), NewCommit.ofDomains(changes));
      state.committed(now, List.of(), List.of(), changes);
      LOG.warn(
          "Table {} was restored to rows as of version {}: its offsets go back to that version,"
              + " and what came after it is delivered again",
          id,
          origin);
    }
  }

  /**
   * Version of the sink's newest commit that the rows still include, -1 where they include none;
   * empty where nothing was restored since the sink's newest commit.
   */
  private OptionalLong origin(long newest) {
    boolean restored = false;
    long version = newest;
    while (version >= 0) {
      Optional<CommitOrigin> commit = log.origin(version);
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
      if (commit.get() instanceof CommitOrigin.Own) {
        return restored ? OptionalLong.of(version) : OptionalLong.empty();
      }
      if (commit.get() instanceof CommitOrigin.Restore restore) {
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
      if (log.origin(version).isEmpty()) {
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

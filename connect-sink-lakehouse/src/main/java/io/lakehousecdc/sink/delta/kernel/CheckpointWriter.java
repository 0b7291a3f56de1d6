// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import io.delta.kernel.TableManager;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.exceptions.KernelException;
import io.delta.kernel.internal.SnapshotImpl;
import io.delta.kernel.internal.TableConfig;
import io.delta.kernel.internal.checkpoints.CheckpointMetaData;
import io.delta.kernel.internal.checkpoints.Checkpointer;
import io.delta.kernel.internal.snapshot.MetadataCleanup;
import io.delta.kernel.internal.tablefeatures.TableFeatures;
import io.lakehousecdc.sink.delta.storage.FileIO;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.apache.parquet.io.ParquetDecodingException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writer of a table's checkpoints, and the clean-up of log entries that they make superfluous.
 * Stateless and thread-safe.
 */
public final class CheckpointWriter {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointWriter.class);

  private final FileIO store;
  private final Engine engine;
  private final String table;

  /**
   * @param table location of the table, without a slash at the end
   */
  public CheckpointWriter(FileIO store, String table) {
    this.store = store;
    this.engine = new LogEngine(store);
    this.table = table;
  }

  /**
   * Writes a checkpoint of the newest version where there is none, then removes log files that are
   * no longer kept.
   *
   * <p>Writes no checksum file, which the protocol leaves free: Kernel 4.4.0 cannot compute one for
   * a table of which some files have a deletion vector and others have none.
   *
   * @param retention how long removed files and log entries are kept at least; the table's {@code
   *     delta.deletedFileRetentionDuration} and {@code delta.logRetentionDuration} can only keep
   *     them longer
   * @return version of the checkpoint
   */
  public long write(Duration retention) throws IOException {
    SnapshotImpl newest = (SnapshotImpl) TableManager.loadSnapshot(table).build(engine);
    long version = newest.getVersion();
    String location = table + "/_delta_log/%020d.checkpoint.parquet".formatted(version);
    if (store.exists(location)) {
      // Another writer's checkpoint is as good, and may be being read.
      cleanUp(newest, retention);
      return version;
    }
    TableFeatures.validateKernelCanWriteToTable(newest.getProtocol(), newest.getMetadata(), table);
    long now = System.currentTimeMillis();
    long kept = longer(TableConfig.TOMBSTONE_RETENTION, newest, retention);
    long actions = write(location, newest, now - kept);
    new Checkpointer(newest.getLogPath())
        .writeLastCheckpointFile(
            engine, new CheckpointMetaData(version, actions, Optional.empty()));
    cleanUp(newest, retention);
    return version;
  }

  private void cleanUp(SnapshotImpl newest, Duration retention) throws IOException {
    if (mayCleanUp(newest)) {
      MetadataCleanup.cleanupExpiredLogs(
          engine,
          System::currentTimeMillis,
          newest.getDataPath(),
          longer(TableConfig.LOG_RETENTION, newest, retention));
    }
  }

  /** Number of actions written. */
  private long write(String location, SnapshotImpl newest, long removedSince) throws IOException {
    CheckpointAdds adds = CheckpointAdds.of(new TableVersion(engine, newest, ""));
    try {
      return write(location, newest, adds, removedSince);
    } catch (KernelException | ParquetDecodingException | IllegalArgumentException e) {
      if (adds.isPlain()) {
        throw e;
      }
      LOG.info("{}: statistics of other types than the columns have are left out", table, e);
      return write(location, newest, CheckpointAdds.plain(), removedSince);
    }
  }

  private long write(String location, SnapshotImpl newest, CheckpointAdds adds, long removedSince)
      throws IOException {
    try (CheckpointActions log =
        new CheckpointActions(engine, newest.getLogSegment(), adds, removedSince)) {
      new LogEngine(store, log::isIntact)
          .getParquetHandler()
          .writeParquetFileAtomically(location, log);
      return log.selected();
    }
  }

  private static long longer(TableConfig<Long> tables, SnapshotImpl snapshot, Duration retention) {
    return Math.max(tables.fromMetadata(snapshot.getMetadata()), retention.toMillis());
  }

  private static boolean mayCleanUp(SnapshotImpl snapshot) {
    return TableConfig.EXPIRED_LOG_CLEANUP_ENABLED.fromMetadata(snapshot.getMetadata())
        && !snapshot
            .getProtocol()
            .getWriterFeatures()
            .contains(TableFeatures.CHECKPOINT_PROTECTION_W_FEATURE.featureName());
  }
}

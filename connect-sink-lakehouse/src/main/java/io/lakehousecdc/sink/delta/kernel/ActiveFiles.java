// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.exceptions.KernelException;
import io.delta.kernel.internal.data.StructRow;
import io.delta.kernel.internal.replay.ActionWrapper;
import io.delta.kernel.internal.replay.ActionsIterator;
import io.delta.kernel.internal.replay.LogReplayUtils;
import io.delta.kernel.internal.snapshot.LogSegment;
import io.delta.kernel.types.StructType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.parquet.io.ParquetDecodingException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of a version, with every field of their {@code add} actions: Kernel's scan (4.4.0)
 * leaves some out. Reads the log backwards, so that what comes first wins.
 *
 * @see <a href="https://github.com/delta-io/delta/blob/master/PROTOCOL.md">Delta protocol: Action
 *     Reconciliation</a>
 */
final class ActiveFiles {
  private static final Logger LOG = LoggerFactory.getLogger(ActiveFiles.class);
  private static final StructType SCHEMA =
      new StructType().add("add", LogSchemas.ADD).add("remove", LogSchemas.REMOVED);

  private final CheckpointAdds form;
  private final Set<Object> decided = new HashSet<>();
  private final List<DataFile> files = new ArrayList<>();

  private ActiveFiles(CheckpointAdds form) {
    this.form = form;
  }

  /**
   * The files that are active in a version.
   *
   * @param form in which checkpoints may hold statistics
   */
  static List<DataFile> read(Engine engine, LogSegment log, CheckpointAdds form)
      throws IOException {
    try {
      return new ActiveFiles(form).read(engine, log);
    } catch (KernelException | ParquetDecodingException | IllegalArgumentException e) {
      if (form.isPlain()) {
        throw e;
      }
      // Such as those of a checkpoint that was written before the table was replaced by another.
      LOG.info("Statistics of other types than the columns have are left out", e);
      return new ActiveFiles(CheckpointAdds.plain()).read(engine, log);
    }
  }

  private List<DataFile> read(Engine engine, LogSegment log) throws IOException {
    try (ActionsIterator actions =
        new ActionsIterator(
            engine,
            log.allLogFilesReversed(),
            LogSchemas.with(SCHEMA, "add", form.readSchema()),
            Optional.empty())) {
      while (actions.hasNext()) {
        read(actions.next());
      }
    }
    return files;
  }

  /** A checkpoint has each file once, and none that it has removed. */
  private void read(ActionWrapper actions) {
    ColumnarBatch batch = actions.getColumnarBatch();
    ColumnVector adds = batch.getColumnVector(SCHEMA.indexOf("add"));
    for (int row = 0; row < batch.getSize(); row++) {
      if (!adds.isNullAt(row)) {
        Object file = identity(adds, LogSchemas.ADD, row);
        if (actions.isFromCheckpoint() ? !decided.contains(file) : decided.add(file)) {
          files.add(
              Actions.file(StructRow.fromStructVector(adds, row), form.statistics(adds, row)));
        }
      }
    }
    if (actions.isFromCheckpoint()) {
      return;
    }
    ColumnVector removes = batch.getColumnVector(SCHEMA.indexOf("remove"));
    for (int row = 0; row < batch.getSize(); row++) {
      if (!removes.isNullAt(row)) {
        decided.add(identity(removes, LogSchemas.REMOVED, row));
      }
    }
  }

  private static Object identity(ColumnVector files, StructType schema, int row) {
    return LogReplayUtils.getUniqueFileAction(
        files.getChild(schema.indexOf("path")),
        files.getChild(schema.indexOf("deletionVector")),
        row);
  }
}

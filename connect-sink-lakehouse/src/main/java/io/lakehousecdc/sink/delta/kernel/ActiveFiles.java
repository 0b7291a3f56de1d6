// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.internal.actions.AddFile;
import io.delta.kernel.internal.data.StructRow;
import io.delta.kernel.internal.replay.ActionWrapper;
import io.delta.kernel.internal.replay.ActionsIterator;
import io.delta.kernel.internal.replay.LogReplayUtils;
import io.delta.kernel.internal.snapshot.LogSegment;
import io.delta.kernel.types.StructType;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The files of a version, with every field of their {@code add} actions: Kernel's scan (4.4.0)
 * leaves some out. Reads the log backwards, so that what comes first wins.
 *
 * @see <a href="https://github.com/delta-io/delta/blob/master/PROTOCOL.md">Delta protocol: Action
 *     Reconciliation</a>
 */
final class ActiveFiles {
  private static final StructType SCHEMA =
      new StructType().add("add", LogSchemas.ADD).add("remove", LogSchemas.REMOVED);

  private final Set<Object> decided = new HashSet<>();
  private final Consumer<DataFile> visitor;

  private ActiveFiles(Consumer<DataFile> visitor) {
    this.visitor = visitor;
  }

  /** Visits the files that are active where the log segment ends. */
  static void visit(Engine engine, LogSegment log, Consumer<DataFile> visitor) throws IOException {
    ActiveFiles files = new ActiveFiles(visitor);
    try (ActionsIterator actions =
        new ActionsIterator(engine, log.allLogFilesReversed(), SCHEMA, Optional.empty())) {
      while (actions.hasNext()) {
        files.visit(actions.next());
      }
    }
  }

  /** A checkpoint has each file once, and none that it has removed. */
  private void visit(ActionWrapper actions) {
    ColumnarBatch batch = actions.getColumnarBatch();
    ColumnVector adds = batch.getColumnVector(SCHEMA.indexOf("add"));
    for (int row = 0; row < batch.getSize(); row++) {
      if (!adds.isNullAt(row)) {
        Object file = identity(adds, LogSchemas.ADD, row);
        if (actions.isFromCheckpoint() ? !decided.contains(file) : decided.add(file)) {
          visitor.accept(Actions.file(new AddFile(StructRow.fromStructVector(adds, row))));
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

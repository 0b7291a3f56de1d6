// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.internal.actions.DomainMetadata;
import io.delta.kernel.internal.actions.SetTransaction;
import io.delta.kernel.internal.actions.SingleAction;
import io.delta.kernel.internal.replay.ActionsIterator;
import io.delta.kernel.internal.replay.LogReplayUtils;
import io.delta.kernel.internal.snapshot.LogSegment;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterator;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The actions that a checkpoint holds: of each file, domain and application the newest, and the
 * newest metadata and protocol. Reads the log backwards, so that what comes first wins. Files that
 * were removed lately are kept, whether a commit tells of them or only the checkpoint before:
 * VACUUM deletes what the log does not name, and old versions need them.
 *
 * <p>Kernel's own iterator (4.4.0) drops removed files of the checkpoint before, and keeps a
 * removed file that was added again, such as by RESTORE, as both.
 *
 * @see <a href="https://github.com/delta-io/delta/blob/master/PROTOCOL.md">Delta protocol: Action
 *     Reconciliation</a>
 */
final class CheckpointActions implements CloseableIterator<FilteredColumnarBatch> {
  private static final StructType REMOVE = LogSchemas.TOMBSTONE;

  /** All but what depends on the table: {@code add} actions. */
  private static final StructType SCHEMA =
      LogSchemas.with(SingleAction.CHECKPOINT_SCHEMA, "remove", REMOVE);

  private final Engine engine;
  private final ActionsIterator log;
  private final CheckpointAdds adds;
  private final long removedSince;
  private final Set<Object> files = new HashSet<>();
  private final Set<String> domains = new HashSet<>();
  private final Set<String> applications = new HashSet<>();
  private boolean hasMetadata;
  private boolean hasProtocol;
  private long selected;
  private boolean ended;

  /**
   * @param adds form of the files that are added
   * @param removedSince milliseconds since the epoch: files removed at or before are not kept
   */
  CheckpointActions(Engine engine, LogSegment log, CheckpointAdds adds, long removedSince) {
    this.engine = engine;
    this.adds = adds;
    this.log =
        new ActionsIterator(
            engine,
            log.allLogFilesReversed(),
            LogSchemas.with(SCHEMA, "add", adds.readSchema()),
            Optional.empty());
    this.removedSince = removedSince;
  }

  /** Number of actions handed out so far. */
  long selected() {
    return selected;
  }

  /**
   * Whether they were read to their end; for the thread that reads them. What fails between two of
   * them, such as their encoding, leaves it false, too.
   */
  boolean isIntact() {
    return ended;
  }

  @Override
  public boolean hasNext() {
    ended = false;
    boolean hasNext = log.hasNext();
    ended = !hasNext;
    return hasNext;
  }

  @Override
  public FilteredColumnarBatch next() {
    ended = false;
    return read();
  }

  private FilteredColumnarBatch read() {
    ColumnarBatch batch = log.next().getColumnarBatch();
    boolean[] kept = new boolean[batch.getSize()];
    selectAdded(column(batch, "add"), kept);
    selectRemoved(column(batch, "remove"), kept);
    selectOthers(batch, kept);
    for (boolean one : kept) {
      selected += one ? 1 : 0;
    }
    ColumnVector selection =
        engine.getExpressionHandler().createSelectionVector(kept, 0, kept.length);
    return new FilteredColumnarBatch(written(batch), Optional.of(selection));
  }

  private ColumnarBatch written(ColumnarBatch batch) {
    if (adds.isPlain()) {
      return batch;
    }
    int place = SCHEMA.indexOf("add");
    ColumnVector files = adds.written(batch.getColumnVector(place));
    return batch
        .withDeletedColumnAt(place)
        .withNewColumn(place, new StructField("add", adds.schema(), true), files);
  }

  private void selectAdded(ColumnVector added, boolean[] kept) {
    ColumnVector paths = added.getChild(LogSchemas.ADD.indexOf("path"));
    ColumnVector vectors = added.getChild(LogSchemas.ADD.indexOf("deletionVector"));
    for (int row = 0; row < kept.length; row++) {
      kept[row] |=
          !added.isNullAt(row)
              && files.add(LogReplayUtils.getUniqueFileAction(paths, vectors, row));
    }
  }

  private void selectRemoved(ColumnVector removes, boolean[] kept) {
    ColumnVector paths = removes.getChild(REMOVE.indexOf("path"));
    ColumnVector vectors = removes.getChild(REMOVE.indexOf("deletionVector"));
    ColumnVector times = removes.getChild(REMOVE.indexOf("deletionTimestamp"));
    for (int row = 0; row < kept.length; row++) {
      kept[row] |=
          !removes.isNullAt(row)
              && files.add(LogReplayUtils.getUniqueFileAction(paths, vectors, row))
              && !times.isNullAt(row)
              && times.getLong(row) > removedSince;
    }
  }

  private void selectOthers(ColumnarBatch batch, boolean[] kept) {
    ColumnVector metadata = column(batch, "metaData");
    ColumnVector protocols = column(batch, "protocol");
    ColumnVector transactions = column(batch, "txn");
    ColumnVector domainRows = column(batch, "domainMetadata");
    for (int row = 0; row < kept.length; row++) {
      if (!metadata.isNullAt(row)) {
        kept[row] |= !hasMetadata;
        hasMetadata = true;
      }
      if (!protocols.isNullAt(row)) {
        kept[row] |= !hasProtocol;
        hasProtocol = true;
      }
      SetTransaction transaction = SetTransaction.fromColumnVector(transactions, row);
      kept[row] |= transaction != null && applications.add(transaction.getAppId());
      DomainMetadata domain = DomainMetadata.fromColumnVector(domainRows, row);
      kept[row] |= domain != null && domains.add(domain.getDomain()) && !domain.isRemoved();
    }
  }

  private static ColumnVector column(ColumnarBatch batch, String action) {
    return batch.getColumnVector(SCHEMA.indexOf(action));
  }

  @Override
  public void close() throws IOException {
    log.close();
  }
}

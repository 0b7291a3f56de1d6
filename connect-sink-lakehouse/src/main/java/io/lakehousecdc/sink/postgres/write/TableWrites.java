// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.postgres.codec.CopyBuffer;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.spi.CommitId;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import java.util.Optional;

/** The choice of how a batch is written to its table. Not thread-safe. */
final class TableWrites {
  private final Session session;
  private final WriteMode mode;
  private final EncodeAhead ahead;
  private final CopyBuffer buffer = new CopyBuffer();

  TableWrites(Session session, WriteMode mode, EncodeAhead ahead) {
    this.session = session;
    this.mode = mode;
    this.ahead = ahead;
  }

  /**
   * The ordinary way.
   *
   * @param floors changes below them are void
   */
  TableWrite ordinary(CommitId commit, PreparedBatch prepared, Floors floors) {
    CompiledTable table = prepared.table();
    if (mode == WriteMode.APPEND) {
      return new AppendRows(session, table.staging(), buffer, prepared.batch());
    }
    if (mode == WriteMode.HISTORY) {
      return new VersionWrite(session, table, buffer, prepared.batch(), floors);
    }
    Optional<EncodedRows> encoded =
        noneIsVoid(floors, prepared.batch()) ? encoded(commit, prepared) : Optional.empty();
    UpsertSteps steps = new UpsertSteps(session, table, buffer, prepared.batch(), floors);
    if (encoded.isEmpty() || encoded.get().layout() != RowLayout.STORED) {
      return new UpdateInPlace(steps, encoded);
    }
    TableWrite otherwise = new UpdateInPlace(steps, Optional.empty());
    return new DirectInsert(session, table, buffer, encoded.get(), otherwise);
  }

  /**
   * The way for rows that swap values which a constraint keeps unique.
   *
   * @param floors changes below them are void
   */
  TableWrite replacing(PreparedBatch prepared, Floors floors) {
    CompiledTable table = prepared.table();
    UpsertSteps steps = new UpsertSteps(session, table, buffer, prepared.batch(), floors);
    return new ReplaceRows(session, steps, table);
  }

  /**
   * The way for rows that the server may remove along with those that the commit removes.
   *
   * @param floors changes below them are void
   */
  TableWrite whole(PreparedBatch prepared, Floors floors) {
    CompiledTable table = prepared.table();
    UpsertSteps steps = new UpsertSteps(session, table, buffer, prepared.batch(), floors);
    return new WholeRows(session, steps, table);
  }

  /** Whether there are changes and none is void: what is encoded holds all of them. */
  private static boolean noneIsVoid(Floors floors, TableBatch batch) {
    return !batch.changes().isEmpty()
        && batch.changes().stream().noneMatch(each -> floors.cover(each.info()));
  }

  private Optional<EncodedRows> encoded(CommitId commit, PreparedBatch prepared) {
    RowLayouts layouts = prepared.table().layouts();
    return prepared.masked()
        ? ahead.encoded(layouts, prepared.batch().changes())
        : ahead.take(commit, prepared.batch(), layouts);
  }
}

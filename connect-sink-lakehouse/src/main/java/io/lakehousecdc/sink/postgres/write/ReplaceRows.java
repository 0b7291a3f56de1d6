// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.sql.ImageSql;
import io.lakehousecdc.sink.postgres.sql.StagedRowKind;
import io.lakehousecdc.sink.spi.CommitReceipt;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;

/**
 * A write that removes all stored rows of a batch before it inserts them anew, so that rows may
 * swap values which a constraint keeps unique. For one use; not thread-safe.
 */
final class ReplaceRows implements TableWrite {
  /** Kinds of rows that end up stored. */
  static final StagedRowKind[] UPSERTS = {
    StagedRowKind.FULL, StagedRowKind.UNCHANGED, StagedRowKind.ABSENT, StagedRowKind.MOVED
  };

  private final Session session;
  private final UpsertSteps steps;
  private final ImageSql image;

  ReplaceRows(Session session, UpsertSteps steps, CompiledTable table) {
    this.session = session;
    this.steps = steps;
    this.image = table.image();
  }

  @Override
  public Set<PgColumn> stage() throws SQLException {
    return steps.stage(Optional.empty());
  }

  @Override
  public void remove() throws SQLException {
    steps.truncate();
    steps.requireUntouchedValues();
    session.number(image.lock(UPSERTS));
    steps.fillImage(UPSERTS);
    steps.delete();
    session.update(image.deleteReplaced());
  }

  @Override
  public void write() throws SQLException {
    steps.softDelete();
    steps.upsertAll(UPSERTS, image.insertImage());
  }

  @Override
  public CommitReceipt receipt() {
    return steps.receipt();
  }
}

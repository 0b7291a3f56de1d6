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
 * A write for a table whose rows a foreign key takes along when rows of another table go ({@code ON
 * DELETE CASCADE}), or of its own. Rows are put together with what is stored before anything is
 * removed, and written whole, so that an update of a row that the server has removed meanwhile
 * writes it anew. For one use; not thread-safe.
 */
final class WholeRows implements TableWrite {
  private final Session session;
  private final UpsertSteps steps;
  private final ImageSql image;

  WholeRows(Session session, UpsertSteps steps, CompiledTable table) {
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
    if (upserts()) {
      session.number(image.lock(ReplaceRows.UPSERTS));
      steps.fillImage(ReplaceRows.UPSERTS);
    }
    steps.delete();
  }

  @Override
  public void write() throws SQLException {
    steps.requireKeptIdentities();
    steps.softDelete();
    if (upserts()) {
      steps.upsertAll(ReplaceRows.UPSERTS, image.mergeImage());
    }
  }

  private boolean upserts() {
    for (StagedRowKind kind : ReplaceRows.UPSERTS) {
      if (steps.has(kind)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public CommitReceipt receipt() {
    return steps.receipt();
  }
}

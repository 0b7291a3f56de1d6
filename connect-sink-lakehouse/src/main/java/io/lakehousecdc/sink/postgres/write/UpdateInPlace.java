// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import io.lakehousecdc.sink.postgres.sql.StagedRowKind;
import io.lakehousecdc.sink.spi.CommitReceipt;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;

/**
 * A write that merges staged rows by key: stored rows are updated in place, others inserted. The
 * ordinary way. For one use; not thread-safe.
 */
final class UpdateInPlace implements TableWrite {
  private final UpsertSteps steps;
  private final Optional<EncodedRows> encoded;

  /**
   * @param encoded the batch in a layout of the staging table, where it is encoded already
   */
  UpdateInPlace(UpsertSteps steps, Optional<EncodedRows> encoded) {
    this.steps = steps;
    this.encoded = encoded;
  }

  @Override
  public Set<PgColumn> stage() throws SQLException {
    return steps.stage(encoded);
  }

  @Override
  public void remove() throws SQLException {
    steps.truncate();
    steps.requireUntouchedValues();
    if (steps.has(StagedRowKind.MOVED)) {
      steps.fillImage(StagedRowKind.MOVED);
    }
    steps.delete();
  }

  @Override
  public void write() throws SQLException {
    steps.requireKeptIdentities();
    steps.softDelete();
    steps.updateUnchanged();
    steps.upsertMoved();
    steps.upsertAbsent();
    steps.upsertFull();
  }

  @Override
  public CommitReceipt receipt() {
    return steps.receipt();
  }
}

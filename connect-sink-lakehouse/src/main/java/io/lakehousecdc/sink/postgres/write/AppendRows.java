// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import io.lakehousecdc.sink.postgres.codec.CopyBuffer;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.sql.ColumnValues;
import io.lakehousecdc.sink.postgres.sql.StagedRowKind;
import io.lakehousecdc.sink.postgres.sql.StagingTable;
import io.lakehousecdc.sink.postgres.sql.TablePlan;
import io.lakehousecdc.sink.postgres.sql.WrittenColumn;
import io.lakehousecdc.sink.spi.CommitReceipt;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;

/**
 * A write that makes a row of every change, by COPY into the table itself where each column takes
 * its encoded form, else by way of a staging table. For one use; not thread-safe.
 */
final class AppendRows implements TableWrite {
  private final Session session;
  private final TablePlan plan;
  private final StagingTable staging;
  private final CopyBuffer buffer;
  private final TableBatch batch;
  private final boolean direct;
  private long upserted;
  private long deleted;

  AppendRows(Session session, StagingTable staging, CopyBuffer buffer, TableBatch batch) {
    this.session = session;
    this.plan = staging.plan();
    this.staging = staging;
    this.buffer = buffer;
    this.batch = batch;
    this.direct = plan.copied();
  }

  @Override
  public Set<PgColumn> stage() throws SQLException {
    if (batch.changes().isEmpty()) {
      return Set.of();
    }
    if (!direct) {
      session.ensureStaging(staging);
      session.makeRoom(staging);
    }
    RowEncoder encoder = new RowEncoder(plan);
    String sql = direct ? new ColumnValues(plan).copySql() : staging.copySql();
    try (CopyWriter copy = new CopyWriter(session, sql, buffer)) {
      int number = 0;
      for (RowChange change : batch.changes()) {
        boolean delete = change instanceof RowChange.Delete;
        if (direct) {
          encoder.stored(change, copy.buffer());
        } else {
          StagedRowKind kind = delete ? StagedRowKind.DELETE_FULL : StagedRowKind.FULL;
          encoder.staged(number++, kind, change, copy.buffer());
        }
        copy.endRow();
        upserted += delete ? 0 : 1;
        deleted += delete ? 1 : 0;
      }
      copy.finish();
    } catch (SQLException e) {
      Optional<RecordException> refused = StagingErrors.locate(e, plan, batch.changes());
      if (refused.isPresent()) {
        throw refused.get();
      }
      throw e;
    }
    return encoder.nulls();
  }

  @Override
  public void remove() {}

  @Override
  public void write() throws SQLException {
    if (!direct && !batch.changes().isEmpty()) {
      appendStaged();
    }
  }

  @Override
  public CommitReceipt receipt() {
    return new CommitReceipt(upserted, deleted, 0, 0, 0);
  }

  private void appendStaged() throws SQLException {
    StringJoiner values = new StringJoiner(", ");
    for (WrittenColumn column : plan.columns()) {
      values.add(column.converted(column.staged()));
    }
    String from =
        ", _o, _t, _l, _c, _e, _k <> " + StagedRowKind.FULL.ordinal() + " FROM " + staging.sql();
    session.update(
        "INSERT INTO "
            + plan.table().sql()
            + " "
            + new ColumnValues(plan).insertColumns()
            + " SELECT "
            + values
            + from
            + " ORDER BY _n");
  }
}

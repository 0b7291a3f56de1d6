// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import static io.lakehousecdc.sink.postgres.catalog.Identifiers.quote;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.postgres.catalog.Identifiers;
import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import io.lakehousecdc.sink.postgres.codec.CopyBuffer;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.sql.SqlFragments;
import io.lakehousecdc.sink.postgres.sql.StagedRowKind;
import io.lakehousecdc.sink.postgres.sql.StagingTable;
import io.lakehousecdc.sink.postgres.sql.TablePlan;
import io.lakehousecdc.sink.postgres.sql.WrittenColumn;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;

/**
 * Writes every change as a row, by COPY into the table itself where each column takes its encoded
 * form, else by way of a staging table. Not thread-safe.
 */
final class AppendWriter implements TableWriter {
  private final Session session;
  private final TablePlan plan;
  private final StagingTable staging;
  private final RowEncoder encoder;
  private final CopyBuffer buffer;
  private final boolean direct;
  private Counts counts = new Counts();

  AppendWriter(Session session, StagingTable staging, CopyBuffer buffer) {
    this.session = session;
    this.plan = staging.plan();
    this.staging = staging;
    this.encoder = new RowEncoder(plan);
    this.buffer = buffer;
    this.direct = plan.copied();
  }

  @Override
  public TablePlan plan() {
    return plan;
  }

  @Override
  public Counts counts() {
    return counts;
  }

  @Override
  public Set<PgColumn> stage(TableBatch batch, Position floor) throws SQLException {
    counts = new Counts();
    if (batch.changes().isEmpty()) {
      return Set.of();
    }
    if (!direct) {
      session.ensureStaging(staging);
    }
    String sql = direct ? new SqlFragments(plan).copySql() : staging.copySql();
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
        counts.upserted += delete ? 0 : 1;
        counts.deleted += delete ? 1 : 0;
      }
      copy.finish();
    } catch (SQLException e) {
      Optional<RecordException> refused = StagingErrors.locate(e, plan, batch.changes());
      if (refused.isPresent()) {
        throw refused.get();
      }
      throw e;
    }
    return encoder.takeNulls();
  }

  @Override
  public void remove(TableBatch batch) {}

  @Override
  public void write(TableBatch batch) throws SQLException {
    if (!direct && !batch.changes().isEmpty()) {
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
              + new SqlFragments(plan).insertColumns()
              + " SELECT "
              + values
              + from
              + " ORDER BY _n");
    }
    if (batch.truncateBelow().isPresent()) {
      appendTruncate(batch.truncateBelow().get());
    }
  }

  private void appendTruncate(Position below) throws SQLException {
    MetadataColumns names = plan.options().metadata();
    session.update(
        "INSERT INTO "
            + plan.table().sql()
            + " ("
            + quote(names.op())
            + ", "
            + quote(names.lsn())
            + ", "
            + quote(names.commitLsn())
            + ", "
            + quote(names.epoch())
            + ", "
            + quote(names.deleted())
            + ") VALUES ("
            + Identifiers.literal(Operation.TRUNCATE.code())
            + ", "
            + below.lsn()
            + ", "
            + below.commitLsn()
            + ", "
            + below.epoch()
            + ", true)");
  }
}

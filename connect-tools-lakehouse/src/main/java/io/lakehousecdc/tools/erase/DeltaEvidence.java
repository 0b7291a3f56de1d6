// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.domain.CommitHook.CommitExtras;
import io.lakehousecdc.sink.delta.maintenance.MaintenanceOptions;
import io.lakehousecdc.sink.delta.schema.PartitionBy;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.ReadTable;
import io.lakehousecdc.sink.delta.snapshot.RowFiles;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.delta.table.DeltaTable;
import io.lakehousecdc.sink.delta.table.OnOverwrite;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import io.lakehousecdc.sink.spi.TableOptions.Evolution;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The table of erasures below {@code delta.root}, keyed by run. */
final class DeltaEvidence implements AutoCloseable {
  private static final RowSchema SCHEMA =
      new RowSchema(
          List.of(
              new Column("run", Primitive.TEXT, false),
              new Column("table_name", Primitive.TEXT, false),
              new Column("key_columns", Primitive.TEXT, false),
              new Column("key_hash", Primitive.TEXT, false),
              new Column("salt", Primitive.TEXT, false),
              new Column("began_at", Primitive.TIMESTAMPTZ, false),
              new Column("finished_at", Primitive.TIMESTAMPTZ, true),
              new Column("delete_lsn", Primitive.INT64, true),
              new Column("found", Primitive.TEXT, false),
              new Column("remains", Primitive.TEXT, false),
              new Column("log_version", Primitive.INT64, false)),
          List.of(0));

  private final DeltaPlace place;
  private final DeltaTable table;

  DeltaEvidence(FileIO store, DeltaSettings settings, TableOptions options) {
    TableOptions always =
        new TableOptions(
            WriteMode.UPSERT,
            DeleteMode.HARD,
            Evolution.ADDITIVE,
            options.metadata().withoutSeen(),
            Optional.empty());
    String location = store.resolve(settings.root()) + "/" + ErasureTables.NAME;
    this.place = new DeltaPlace(store, location, always);
    this.table =
        new DeltaTable(
            new TableId("", ErasureTables.NAME),
            location,
            store,
            new RowFiles(store, settings.writeOptions()),
            new DeltaSettings(
                settings.root(),
                settings.deletionVectors(),
                settings.codec(),
                Map.of(),
                PartitionBy.NOTHING,
                OnOverwrite.CONTINUE,
                new MaintenanceOptions(Optional.empty(), OptionalInt.empty(), Optional.empty())),
            always);
  }

  /** Writes a run, in the place of what was written of it before. */
  void write(Evidence run) {
    Object[] cells = {
      run.run(),
      run.table(),
      run.columns(),
      run.keyHash(),
      run.salt(),
      micros(run.began()),
      run.finished().map(DeltaEvidence::micros).orElse(null),
      run.deleteLsn().orElse(null),
      run.found(),
      run.remains(),
      run.logVersion()
    };
    RowKey key = RowKey.of(run.run());
    ChangeInfo info = new ChangeInfo(Operation.CREATE, Position.LOWEST, micros(run.began()));
    table.commit(
        new TableBatch(
            table.id(),
            SCHEMA,
            List.of(new RowChange.Upsert(key, cells, info)),
            List.of(),
            Optional.empty()),
        Histories.NONE,
        domains -> Optional.of(CommitExtras.of(Map.of())));
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  /**
   * Version up to which earlier runs for the key had to leave the table's log; -1 where none had.
   */
  long pendingLog(Subject subject) throws IOException {
    Optional<ReadTable> read = place.latest();
    if (read.isEmpty()) {
      return -1;
    }
    long[] pending = {-1};
    for (LiveFile file : read.get().files()) {
      read.get()
          .rows(
              file,
              read.get().shape().columns(List.of("table_name", "salt", "key_hash", "log_version")),
              (row, cells) -> {
                long version = (Long) cells[3];
                if (version > pending[0]
                    && cells[0].equals(subject.table().toString())
                    && KeyHash.of((String) cells[0], subject.key(), (String) cells[1])
                        .hash()
                        .equals(cells[2])) {
                  pending[0] = version;
                }
              });
    }
    return pending[0];
  }

  @Override
  public void close() {
    table.close();
  }
}

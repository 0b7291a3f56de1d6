// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import io.lakehousecdc.sink.ConfiguredSink;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.ReadTables;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.snapshot.LiveFile;
import io.lakehousecdc.sink.delta.snapshot.ReadTable;
import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The Delta tables below the root of a configuration. */
final class DeltaTables implements TargetTables {
  private final ConfiguredSink sink;
  private final ReadTables tables;
  private final int parallel;
  private final Pace pace;

  DeltaTables(ConfiguredSink sink, int parallel, Pace pace) {
    this.sink = sink;
    this.tables = ReadTables.open(sink.targetSettings());
    this.parallel = parallel;
    this.pace = pace;
  }

  @Override
  public Optional<Table> table(TableId name) {
    return tables.latest(name).map(table -> new Found(name, table));
  }

  @Override
  public String encoding() {
    return "UTF8";
  }

  private final class Found implements Table {
    private final TableId name;
    private final ReadTable table;

    Found(TableId name, ReadTable table) {
      this.name = name;
      this.table = table;
    }

    @Override
    public TableId name() {
      return name;
    }

    @Override
    public boolean has(String column) {
      return table.shape().place(column) >= 0;
    }

    private DeltaColumn column(String column) {
      return table.shape().columns().get(table.shape().place(column));
    }

    @Override
    public Optional<ComparedColumn> compared(PgColumn source, String column) {
      ValueKind kind = ValueKind.of(source.type());
      if (kind == ValueKind.OTHER && !ValueKind.isSentAsWritten(source.type())) {
        return Optional.empty();
      }
      return FileValues.of(kind, column(column).type())
          .map(
              reading ->
                  new ComparedColumn(
                      source.name(), column, reading.kinds(), source.type().sql(), ""));
    }

    @Override
    public long count() {
      return table.files().stream().mapToLong(LiveFile::liveRows).sum();
    }

    @Override
    public TargetRows rows(TablePair pair) {
      List<Function<Object, Object>> forms =
          pair.columns().stream()
              .map(each -> FileValues.of(each.kinds().target(), column(each.target()).type()))
              .map(reading -> reading.orElseThrow().form())
              .toList();
      return new DeltaTargetRows(tables, pair, sink.connector(), forms, parallel, pace);
    }
  }

  @Override
  public void close() {
    tables.close();
  }
}

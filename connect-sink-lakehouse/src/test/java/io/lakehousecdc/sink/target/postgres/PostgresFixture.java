package io.lakehousecdc.sink.target.postgres;

import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.target.BatchBuilder;
import io.lakehousecdc.sink.target.PartitionOwner;
import io.lakehousecdc.sink.target.TableOptions;
import io.lakehousecdc.sink.target.TableOptions.DeleteMode;
import io.lakehousecdc.sink.target.TableOptions.Evolution;
import io.lakehousecdc.sink.target.TableOptions.WriteMode;
import io.lakehousecdc.sink.target.Target;
import io.lakehousecdc.sink.target.TargetContext;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** A database of its own for each test, and targets on it. */
abstract class PostgresFixture {
  static final TableId ITEMS = new TableId("public", "items");

  final PostgresDatabase database = SharedPostgres.emptyDatabase("18");
  private final List<Target> opened = new ArrayList<>();

  Target open(TableOptions options) {
    Target target =
        new PostgresTargetFactory()
            .open(SharedPostgres.settings(database, options), new TargetContext("sink", 0));
    opened.add(target);
    return target;
  }

  Target open() {
    return open(TableOptions.DEFAULT);
  }

  PartitionOwner owner() {
    return owner(open(), 0);
  }

  PartitionOwner owner(Target target, int partition) {
    return PartitionOwner.of(target, new SourcePartition("topic", partition));
  }

  /** Commits one row of columns {@code id} and {@code v}. */
  static BatchBuilder row(TableId table, Column value, long lsn, int id, Object cell) {
    return BatchBuilder.batch(table, keyed(value)).upsert(lsn, id, cell);
  }

  /** Columns {@code id} (key) and the given ones. */
  static RowSchema keyed(Column... values) {
    List<Column> columns = new ArrayList<>();
    columns.add(BatchBuilder.required("id", Primitive.INT32));
    columns.addAll(List.of(values));
    return new RowSchema(columns, List.of(0));
  }

  static TableOptions options(WriteMode write, DeleteMode delete, Evolution evolution) {
    TableOptions base = TableOptions.DEFAULT;
    return new TableOptions(write, delete, evolution, base.metadata(), base.deadLetterTable());
  }

  @AfterEach
  final void closeTargets() {
    opened.forEach(Target::close);
  }
}

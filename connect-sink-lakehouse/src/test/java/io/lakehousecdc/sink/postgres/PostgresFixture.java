// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.spi.Batches;
import io.lakehousecdc.sink.spi.PartitionOwner;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import io.lakehousecdc.sink.spi.TableOptions.Evolution;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.TargetSettings;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

/** A database of its own for each test, and targets on it. */
public abstract class PostgresFixture {
  public static final TableId ITEMS = new TableId("public", "items");

  public final PostgresDatabase database = SharedPostgres.emptyDatabase(version());
  private final List<Target> opened = new ArrayList<>();

  /** Major version of the server: a constant, the newest unless a test is for another. */
  public String version() {
    return "18";
  }

  public Target open(TableOptions options) {
    return open(options, Map.of());
  }

  /** A target with settings of its own. */
  Target open(TableOptions options, Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("postgres.url", database.jdbcUrl());
    all.put("postgres.user", database.user());
    all.put("postgres.password", database.password());
    return open(SharedPostgres.settings(all, options));
  }

  Target open(TargetSettings settings) {
    Target target = new PostgresTargetFactory().open(settings, new TargetContext("sink", 0));
    opened.add(target);
    return target;
  }

  public Target open() {
    return open(TableOptions.DEFAULT);
  }

  PartitionOwner owner() {
    return owner(open(), 0);
  }

  public PartitionOwner owner(Target target, int partition) {
    return PartitionOwner.of(target, new SourcePartition("topic", partition));
  }

  /** Commits one row of columns {@code id} and {@code v}. */
  static Batches row(TableId table, Column value, long lsn, int id, Object cell) {
    return Batches.batch(table, keyed(value)).upsert(lsn, id, cell);
  }

  /** Columns {@code id} (key) and the given ones. */
  public static RowSchema keyed(Column... values) {
    List<Column> columns = new ArrayList<>();
    columns.add(Batches.required("id", Primitive.INT32));
    columns.addAll(List.of(values));
    return new RowSchema(columns, List.of(0));
  }

  public static TableOptions options(WriteMode write, DeleteMode delete, Evolution evolution) {
    TableOptions base = TableOptions.DEFAULT;
    return new TableOptions(write, delete, evolution, base.metadata(), base.deadLetterTable());
  }

  @AfterEach
  final void closeTargets() {
    opened.forEach(Target::close);
  }
}

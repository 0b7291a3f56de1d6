// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.domain.StatusDomain;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.schema.VersionColumns;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableStatus;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.TargetContract;
import io.lakehousecdc.sink.version.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tables with deletion vectors; each target on its own, as in different workers. On local disks,
 * unless a subclass names another store.
 */
class DeltaTargetTest extends TargetContract {
  private final FileIO store = new LocalFileIO();

  @TempDir Path root;

  @Override
  protected Target openTarget(TableOptions options, TargetContext context) {
    return DeltaFixture.open(store(), root(), options, context, settings());
  }

  /** The store of the tables. */
  FileIO store() {
    return store;
  }

  /** Location of the warehouse of this test method. */
  String root() {
    return root.toString();
  }

  /** Settings beside the root. */
  Map<String, String> settings() {
    return Map.of();
  }

  @Override
  public List<Map<String, Object>> rows(TableId table) {
    String location = root() + "/" + table.schema() + "/" + table.name();
    try {
      return store().exists(location + "/_delta_log")
          ? new KernelReader(store()).rows(location)
          : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<DeadLetter> deadLetters(String table) {
    String[] name = table.split("\\.", -1);
    return rows(new TableId(name[0], name[1])).stream()
        .map(
            row ->
                new DeadLetter(
                    new RecordOffset(
                        new SourcePartition(
                            (String) row.get("topic"), (Integer) row.get("partition")),
                        (Long) row.get("offset")),
                    (String) row.get("key"),
                    (String) row.get("value"),
                    (String) row.get("op"),
                    (String) row.get("error_class"),
                    (String) row.get("error_message"),
                    (Long) row.get("created_at") / 1_000,
                    (Integer) row.get("retries")))
        .toList();
  }

  @Override
  public List<TableStatus> status(String connector) {
    return new TableLog(store(), root() + "/_cdc_status")
        .latest()
        .map(version -> StatusDomain.all(connector, version.domains()))
        .orElse(List.of());
  }

  @Override
  public Object stored(Column column, Object value) {
    if (value instanceof BigDecimal number && column.type() == Primitive.NUMERIC) {
      return number.toPlainString();
    }
    if (column.type() == Primitive.TIMESTAMPTZ && value.equals(Version.BEGINNING)) {
      return VersionColumns.BEGINNING;
    }
    if (column.type() == Primitive.TIME) {
      return Map.of(
              0L, "00:00:00",
              1L, "00:00:00.000001",
              86_399_999_999L, "23:59:59.999999",
              86_400_000_000L, "24:00:00")
          .get(value);
    }
    return value;
  }

  @Override
  public boolean stores(Column column, Object value) {
    return !value.equals(Integer.MAX_VALUE)
            && !value.equals(Integer.MIN_VALUE)
            && !value.equals(Long.MAX_VALUE)
            && !value.equals(Long.MIN_VALUE)
        || !isTime(column);
  }

  private static boolean isTime(Column column) {
    return column.type() == Primitive.DATE
        || column.type() == Primitive.TIMESTAMP
        || column.type() == Primitive.TIMESTAMPTZ;
  }
}

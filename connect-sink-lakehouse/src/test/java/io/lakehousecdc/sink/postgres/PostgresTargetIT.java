// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.LogicalType.MapOf;
import io.lakehousecdc.sink.change.LogicalType.Primitive;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableStatus;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.TargetContract;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.util.List;
import java.util.Map;

/** The contract on the newest PostgreSQL, by MERGE. */
class PostgresTargetIT extends TargetContract {
  private final PostgresDatabase database = SharedPostgres.emptyDatabase(version());

  String version() {
    return "18";
  }

  @Override
  protected Target openTarget(TableOptions options, TargetContext context) {
    return new PostgresTargetFactory().open(SharedPostgres.settings(database, options), context);
  }

  @Override
  public List<Map<String, Object>> rows(TableId table) {
    return new PostgresRows(database).rows(table);
  }

  @Override
  public List<DeadLetter> deadLetters(String table) {
    return new PostgresRows(database).deadLetters(table);
  }

  @Override
  public List<TableStatus> status(String connector) {
    return new PostgresTargetFactory()
        .status(SharedPostgres.settings(database, TableOptions.DEFAULT), connector);
  }

  @Override
  public Object stored(Column column, Object value) {
    if (column.type() instanceof MapOf) {
      return value.equals(Map.of()) ? "{}" : "{\"a\": \"1\", \"b\\\"\": \"x=>y\"}";
    }
    if (column.type() == Primitive.TIMETZ) {
      return value.toString().replace("Z", "+00");
    }
    return value;
  }
}

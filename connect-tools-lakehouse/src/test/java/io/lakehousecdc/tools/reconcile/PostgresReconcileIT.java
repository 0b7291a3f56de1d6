// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lakehousecdc.sink.ConfiguredSink;
import io.lakehousecdc.sink.postgres.PostgresTargetFactory;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PostgresReconcileIT extends ReconcileContract {
  private PostgresDatabase warehouse;

  @Override
  Map<String, String> target(int number) {
    warehouse = server.createDatabase("warehouse_" + number);
    return Map.of(
        "target",
        "postgres",
        "postgres.url",
        warehouse.jdbcUrl(),
        "postgres.user",
        warehouse.user(),
        "postgres.password",
        warehouse.password());
  }

  @Override
  Target open(ConfiguredSink sink, TargetContext context) {
    return new PostgresTargetFactory().open(sink.targetSettings(), context);
  }

  @Test
  void decimalsInTextAreComparedAsNumbers() throws Exception {
    begin(Map.of());
    rows(1, 50);
    warehouse.execute("ALTER TABLE dwh.goods ALTER price TYPE text");

    assertEquals(0, run().code());
    warehouse.execute("UPDATE dwh.goods SET price = 'NaN' WHERE id = 7");
    assertEquals(1, run().code());
  }
}

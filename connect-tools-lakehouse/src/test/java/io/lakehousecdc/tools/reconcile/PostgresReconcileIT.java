// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import io.lakehousecdc.sink.ConfiguredSink;
import io.lakehousecdc.sink.postgres.PostgresTargetFactory;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.util.Map;

class PostgresReconcileIT extends ReconcileContract {
  @Override
  Map<String, String> target(int number) {
    PostgresDatabase warehouse = server.createDatabase("warehouse_" + number);
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
}

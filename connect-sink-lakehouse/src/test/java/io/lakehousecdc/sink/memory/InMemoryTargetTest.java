// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.memory;

import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import io.lakehousecdc.sink.spi.TableStatus;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.TargetContract;
import java.util.List;
import java.util.Map;

class InMemoryTargetTest extends TargetContract {
  private final MemoryWarehouse warehouse = new MemoryWarehouse();
  private MetadataColumns names = MetadataColumns.DEFAULT;

  @Override
  protected Target openTarget(TableOptions options, TargetContext context) {
    names = options.metadata();
    return new InMemoryTarget(warehouse, options, context);
  }

  @Override
  public int versionSeeds() {
    return 60;
  }

  @Override
  public List<Map<String, Object>> rows(TableId table) {
    return warehouse.rows(table, names);
  }

  @Override
  public List<TableStatus> status(String connector) {
    return warehouse.status(connector);
  }

  @Override
  public List<DeadLetter> deadLetters(String table) {
    return warehouse.deadLetters();
  }
}

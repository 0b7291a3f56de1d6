package io.lakehousecdc.sink.target.memory;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.target.DeadLetter;
import io.lakehousecdc.sink.target.TableOptions;
import io.lakehousecdc.sink.target.TableOptions.MetadataColumns;
import io.lakehousecdc.sink.target.Target;
import io.lakehousecdc.sink.target.TargetContext;
import io.lakehousecdc.sink.target.TargetContract;
import java.util.List;
import java.util.Map;

class InMemoryTargetTest extends TargetContract {
  private final MemoryWarehouse warehouse = new MemoryWarehouse();

  @Override
  protected Target openTarget(TableOptions options, TargetContext context) {
    return new InMemoryTarget(warehouse, options, context);
  }

  @Override
  public List<Map<String, Object>> rows(TableId table) {
    return warehouse.rows(table, MetadataColumns.DEFAULT);
  }

  @Override
  public List<DeadLetter> deadLetters(String table) {
    return warehouse.deadLetters();
  }
}

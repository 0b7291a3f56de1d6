// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.demo;

import io.lakehousecdc.quickstart.warehouse.DeltaReader;
import io.lakehousecdc.quickstart.warehouse.DeltaWarehouse;
import java.util.Map;

/** Delta tables in a directory of this machine. */
record DeltaDirectory(TemporaryDirectory directory) implements DeltaStore {
  static DeltaDirectory create() {
    return new DeltaDirectory(TemporaryDirectory.create("delta"));
  }

  @Override
  public String sink() {
    return "sink/delta-upsert.json";
  }

  @Override
  public Map<String, String> environment() {
    return Map.of("DELTA_ROOT", root());
  }

  @Override
  public DeltaWarehouse warehouse() {
    return new DeltaWarehouse("Delta Lake", new DeltaReader(), root());
  }

  @Override
  public String directions() {
    return root() + "/public/orders";
  }

  @Override
  public void close() {
    directory.close();
  }

  private String root() {
    return directory.path().toString();
  }
}

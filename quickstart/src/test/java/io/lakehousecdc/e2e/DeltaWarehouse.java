// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import io.lakehousecdc.quickstart.warehouse.DeltaReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A warehouse of Delta tables in a directory of its own, read through Delta Kernel as released. */
record DeltaWarehouse(Path root) implements Warehouse {
  private static final DeltaReader READER = new DeltaReader();

  static DeltaWarehouse create() {
    return new DeltaWarehouse(Lab.temporaryDirectory());
  }

  @Override
  public String kind() {
    return "delta";
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("target", "delta", "delta.root", root.toString());
  }

  @Override
  public boolean has(String table) {
    return Files.exists(directory(table).resolve("_delta_log/00000000000000000000.json"));
  }

  @Override
  public List<List<String>> rows(String table, List<String> columns) {
    return READER.rows(directory(table).toString(), columns);
  }

  /** Directory of a table of the schema {@code public}. */
  Path directory(String table) {
    return root.resolve("public").resolve(table);
  }
}

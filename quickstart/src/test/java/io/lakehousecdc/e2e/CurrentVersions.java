// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A warehouse of versions of rows, of which the current ones count.
 *
 * @param versions where they are
 */
record CurrentVersions(Warehouse versions) implements Warehouse {
  @Override
  public String kind() {
    return versions.kind() + " (history)";
  }

  @Override
  public Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>(versions.settings());
    settings.put("write.mode", "history");
    return settings;
  }

  @Override
  public boolean has(String table) {
    return versions.has(table);
  }

  @Override
  public List<List<String>> rows(String table, List<String> columns) {
    List<String> all = new ArrayList<>(columns);
    all.add("is_current");
    return versions.rows(table, all).stream()
        .filter(row -> row.get(columns.size()).equals("true"))
        .map(row -> row.subList(0, columns.size()))
        .toList();
  }
}

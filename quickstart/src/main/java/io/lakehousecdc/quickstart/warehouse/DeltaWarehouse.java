// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.warehouse;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The shop's tables as Delta tables: meant for a demo's, whose keys fit into memory. Safe for use
 * by many threads.
 */
public final class DeltaWarehouse implements Warehouse {
  private static final String KEY = "id";

  private final String name;
  private final DeltaReader reader;
  private final String root;
  private final Map<String, Keys> keys = new ConcurrentHashMap<>();

  /**
   * Keys of one version of a table.
   *
   * @param rows how many rows it has; more than there are keys if some are there twice
   */
  private record Keys(long version, long rows, Set<String> distinct) {}

  /**
   * @param root location below which the tables lie, without a slash at the end
   */
  public DeltaWarehouse(String name, DeltaReader reader, String root) {
    this.name = name;
    this.reader = reader;
    this.root = root;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long count(ShopTable table) {
    return latest(table).map(Keys::rows).orElse(0L);
  }

  @Override
  public boolean contains(ShopTable table, long key) {
    return latest(table).map(known -> known.distinct().contains(Long.toString(key))).orElse(false);
  }

  private Optional<Keys> latest(ShopTable table) {
    if (!reader.exists(location(table))) {
      return Optional.empty();
    }
    long version = reader.version(location(table));
    return Optional.of(
        keys.compute(
            table.name(),
            (same, known) ->
                known != null && known.version() == version ? known : read(table, version)));
  }

  /** Reads the latest version; if it is a newer one by now, it will be read once more. */
  private Keys read(ShopTable table, long version) {
    List<String> all =
        reader.rows(location(table), List.of(KEY)).stream().map(row -> row.get(0)).toList();
    return new Keys(version, all.size(), new HashSet<>(all));
  }

  private String location(ShopTable table) {
    return root + "/public/" + table.name();
  }
}

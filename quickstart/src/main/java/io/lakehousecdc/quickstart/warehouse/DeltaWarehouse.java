// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.warehouse;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The shop's tables as Delta tables. Safe for use by many threads.
 *
 * <p>A Delta table has no order, so {@link #rows} sorts it in memory: meant for a demo's tables.
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

  @Override
  public RowCursor rows(ShopTable table) {
    if (!reader.exists(location(table))) {
      throw new DemoFailure("%s has no table %s".formatted(name, location(table)));
    }
    List<String> columns = table.columns().stream().map(ShopTable.Column::name).toList();
    List<String> read = withKey(columns);
    int key = read.indexOf(KEY);
    Iterator<Row> sorted =
        reader.rows(location(table), read).stream()
            .map(cells -> row(cells, columns.size(), key))
            .sorted(Comparator.comparingLong(Row::key))
            .iterator();
    return new RowCursor() {
      @Override
      public Optional<Row> next() {
        return sorted.hasNext() ? Optional.of(sorted.next()) : Optional.empty();
      }

      @Override
      public void close() {
        // all is in memory
      }
    };
  }

  /** The columns, and the key where it is none of them. */
  private static List<String> withKey(List<String> columns) {
    List<String> all = new ArrayList<>(columns);
    if (!columns.contains(KEY)) {
      all.add(KEY);
    }
    return all;
  }

  private static Row row(List<String> cells, int width, int key) {
    return new Row(Long.parseLong(cells.get(key)), cells.subList(0, width));
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

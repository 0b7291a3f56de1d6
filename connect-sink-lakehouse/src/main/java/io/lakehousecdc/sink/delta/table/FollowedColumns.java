// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.table;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.ColumnMask;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.domain.PartitionDomains;
import io.lakehousecdc.sink.delta.kernel.CommitConflictException;
import io.lakehousecdc.sink.delta.kernel.MappedFields;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.delta.schema.DeltaTypes;
import io.lakehousecdc.sink.delta.snapshot.TableState;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.schema.ColumnHistory;
import io.lakehousecdc.sink.schema.SchemaChange;
import io.lakehousecdc.sink.schema.SchemaChange.ClearColumn;
import io.lakehousecdc.sink.schema.SchemaChange.DropColumn;
import io.lakehousecdc.sink.schema.SchemaChange.ReplaceColumn;
import io.lakehousecdc.sink.spi.ColumnChanges;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.DroppedColumns;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The columns of a table's source as far as they are known. This is kept in a metadata domain; what
 * changes with every batch, the newest position, only here. Guarded by its {@link DeltaTable}.
 */
final class FollowedColumns {
  private static final Logger LOG = LoggerFactory.getLogger(FollowedColumns.class);

  private final TableId id;
  private final TableOptions options;
  private String stored;
  private ColumnHistory known;

  FollowedColumns(TableId id, TableOptions options) {
    this.id = id;
    this.options = options;
  }

  /** What a batch means where the table has these metadata domains. */
  ColumnChanges changes(TableBatch batch, Map<String, String> domains) {
    String text = domains.get(PartitionDomains.columnsName());
    if (known == null || !Objects.equals(text, stored)) {
      stored = text;
      known = text == null ? ColumnHistory.EMPTY : parsed(text);
    }
    ColumnChanges changes = withRenamed(ColumnChanges.of(known, batch, options), batch);
    if (changes.isNews()) {
      String description = changes.description(options);
      if (!description.isEmpty()) {
        LOG.warn("Table {}: {}", id, description);
      }
    } else {
      known = changes.history();
    }
    return changes;
  }

  /**
   * Carries out what has to be done to columns, and sets the domain in the same commit. Keys,
   * partition columns and clustering columns are left alone. A column that the source has dropped,
   * and of which it has one that differs in case only, was renamed.
   *
   * @return whether anything was done
   * @throws CommitConflictException another writer committed first
   */
  boolean carryOut(ColumnChanges changes, TableState state, TableLog log)
      throws CommitConflictException {
    TableVersion version = state.version();
    MappedFields fields = new MappedFields(version);
    List<String> done = new ArrayList<>();
    Map<String, String> renamed = renamed(changes);
    renamed.forEach(
        (from, to) -> {
          if (mayBeRenamed(version, from)) {
            fields.rename(from, to);
            done.add("rename column " + from + " to " + to);
          }
        });
    for (SchemaChange step : changes.steps()) {
      if (step instanceof DropColumn drop
          && !renamed.containsKey(drop.name())
          && mayGo(version, drop.name())) {
        fields.drop(drop.name());
        done.add("drop column " + drop.name());
      } else if (step instanceof ClearColumn clear
          && !renamed.containsKey(clear.name())
          && mayGo(version, clear.name())) {
        fields.clear(clear.name());
        done.add("clear column " + clear.name());
      } else if (step instanceof ReplaceColumn replace && mayGo(version, replace.column().name())) {
        Column column = replace.column();
        fields.clear(column.name(), DeltaTypes.columnFor(column.type(), false));
        done.add("replace column " + column.name());
      }
    }
    if (!done.isEmpty()) {
      Map<String, String> domains =
          Map.of(PartitionDomains.columnsName(), changes.history().text());
      state.evolved(log.definition().evolve(version, fields.schema(), Map.of(), domains), domains);
      LOG.info("Changed table {}: {}", id, done);
    }
    return !done.isEmpty();
  }

  /** Changes whose batch has the values that came under the former spelling of a name, too. */
  private ColumnChanges withRenamed(ColumnChanges changes, TableBatch batch) {
    Set<String> dropped = new TreeSet<>(changes.history().dropped());
    Set<String> live = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    batch.schema().columns().stream()
        .map(Column::name)
        .filter(name -> !dropped.contains(name))
        .forEach(live::add);
    Set<String> renamed = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    dropped.stream().filter(live::contains).forEach(renamed::add);
    if (renamed.isEmpty()) {
      return changes;
    }
    Map<String, Position> voids = new HashMap<>(changes.history().voidUpTo());
    voids.keySet().removeIf(renamed::contains);
    boolean masks = options.droppedColumns() != DroppedColumns.KEEP;
    dropped.removeIf(renamed::contains);
    return new ColumnChanges(
        changes.history(),
        changes.isNews(),
        changes.dropped(),
        changes.returned(),
        changes.steps(),
        ColumnMask.apply(batch, masks ? dropped : Set.of(), voids));
  }

  /** New names of columns by their old ones. */
  private static Map<String, String> renamed(ColumnChanges changes) {
    Map<String, String> renamed = new TreeMap<>();
    for (String dropped : changes.dropped()) {
      for (Column column : changes.batch().schema().columns()) {
        if (!column.name().equals(dropped) && column.name().equalsIgnoreCase(dropped)) {
          renamed.put(dropped, column.name());
        }
      }
    }
    return renamed;
  }

  /** The names of partition columns are kept in a list of their own. */
  private static boolean mayBeRenamed(TableVersion version, String name) {
    return version.schema().indexOf(name) >= 0 && !version.partitionColumns().contains(name);
  }

  private static boolean mayGo(TableVersion version, String name) {
    int place = version.schema().indexOf(name);
    return place >= 0
        && version.schema().at(place).isNullable()
        && !version.partitionColumns().contains(name)
        && !version.isClusteredBy(name);
  }

  /** Domains that have to be set with the batch. */
  static Map<String, Optional<String>> domains(ColumnChanges changes) {
    return changes.isNews()
        ? Map.of(PartitionDomains.columnsName(), Optional.of(changes.history().text()))
        : Map.of();
  }

  private ColumnHistory parsed(String text) {
    try {
      return ColumnHistory.parse(text);
    } catch (IllegalArgumentException e) {
      throw new FatalException(
          "Table "
              + id
              + ": the metadata domain "
              + PartitionDomains.columnsName()
              + " is not one that this sink wrote. "
              + e.getMessage(),
          e);
    }
  }
}

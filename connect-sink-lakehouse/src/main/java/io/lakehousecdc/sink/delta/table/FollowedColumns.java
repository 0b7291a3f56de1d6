// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.table;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
    ColumnChanges changes = ColumnChanges.of(known, batch, options);
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
   * Carries out what has to be done to columns, and sets the domain in the same commit. Keys and
   * partition columns are left alone.
   *
   * @throws CommitConflictException another writer committed first
   */
  void carryOut(ColumnChanges changes, TableState state, TableLog log)
      throws CommitConflictException {
    TableVersion version = state.version();
    MappedFields fields = new MappedFields(version);
    List<String> done = new ArrayList<>();
    for (SchemaChange step : changes.steps()) {
      if (step instanceof DropColumn drop && mayGo(version, drop.name())) {
        fields.drop(drop.name());
        done.add("drop column " + drop.name());
      } else if (step instanceof ClearColumn clear && mayGo(version, clear.name())) {
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
  }

  private static boolean mayGo(TableVersion version, String name) {
    int place = version.schema().indexOf(name);
    return place >= 0
        && version.schema().at(place).isNullable()
        && !version.partitionColumns().contains(name);
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

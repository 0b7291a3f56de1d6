// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.schema;

import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampType;
import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.RowSchema;
import io.lakehousecdc.sink.change.SchemalessTime;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.kernel.CommitConflictException;
import io.lakehousecdc.sink.delta.kernel.MappedFields;
import io.lakehousecdc.sink.delta.kernel.TableLog;
import io.lakehousecdc.sink.delta.kernel.TableVersion;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.schema.GuessedTypes;
import io.lakehousecdc.sink.schema.IncompatibleColumnException;
import io.lakehousecdc.sink.schema.SchemaChange;
import io.lakehousecdc.sink.schema.SchemaChange.AddColumn;
import io.lakehousecdc.sink.schema.SchemaChange.RelaxNotNull;
import io.lakehousecdc.sink.schema.SchemaChange.WidenColumn;
import io.lakehousecdc.sink.schema.SchemaPlanner;
import io.lakehousecdc.sink.schema.StoredColumn;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;
import io.lakehousecdc.sink.spi.TableOptions.Evolution;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import io.lakehousecdc.sink.spi.TableOptions.WriteMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The columns of tables: creates tables, and lets the columns of existing ones follow. */
public final class TableSchemas {
  private static final Logger LOG = LoggerFactory.getLogger(TableSchemas.class);
  private static final SchemaPlanner PLANNER =
      new SchemaPlanner(
          (incoming, stored) ->
              CellConverters.of(incoming, DeltaTypes.columnFor(stored, false), SchemalessTime.AUTO)
                  .isPresent());

  private final TableOptions options;
  private final NewTables newTables;

  public TableSchemas(TableOptions options, NewTables newTables) {
    this.options = options;
    this.newTables = newTables;
  }

  /** Creates the table for rows of {@code schema}. */
  public TableVersion create(TableLog log, TableId table, RowSchema schema)
      throws CommitConflictException {
    if (options.evolution() == Evolution.NONE) {
      throw new FatalException(
          "Table "
              + table
              + " does not exist at "
              + log.location()
              + ", and schema.evolution is none. Create it, or set schema.evolution to additive.");
    }
    requireNotNested(log, table);
    TableRequirements.requireKeepable(table, newTables.properties());
    RowSchema source = ColumnNames.canonical(schema, List.of());
    requireNames(table, source, newTables.mapsColumns());
    if (newTables.feedChanges()) {
      requireFeedable(table, source);
    }
    StructType columns = new StructType();
    for (int i = 0; i < source.size(); i++) {
      Column column = source.column(i);
      // What the source calls required may be dropped there one day; keys are what stays.
      boolean key = options.writeMode() != WriteMode.APPEND && source.keyColumns().contains(i);
      columns =
          columns.add(
              column.name(),
              DeltaTypes.columnFor(column.type(), !newTables.deletionVectors()),
              !key);
    }
    for (Map.Entry<String, DataType> column : ownColumns().entrySet()) {
      columns = columns.add(new StructField(column.getKey(), column.getValue(), true));
    }
    List<String> partitionBy = newTables.partitionBy().of(table);
    TableRequirements.requirePartitionColumns(table, partitionBy, columns);
    Map<String, String> properties = new HashMap<>(newTables.properties());
    options.history().ifPresent(history -> properties.put(HistorySchema.PROPERTY, "true"));
    TableVersion created = log.definition().create(columns, properties, partitionBy);
    LOG.info("Created table {} at {} with columns {}", table, log.location(), columns);
    Map<String, String> types = new HashMap<>();
    created.schema().fields().forEach(field -> types.put(field.getName(), type(field)));
    GuessedTypes.warning(table, schema, types).ifPresent(LOG::warn);
    return created;
  }

  private void requireFeedable(TableId table, RowSchema source) {
    ChangeColumns.require(table, source.columns().stream().map(Column::name).toList());
    ChangeColumns.require(table, ownColumns().keySet());
  }

  private void requireNames(TableId table, RowSchema source, boolean mapped) {
    ColumnNames.require(table, source, metadataColumns().keySet(), "metadata.column.*", mapped);
    ColumnNames.require(table, source, historyColumns().keySet(), "history.column.*", mapped);
  }

  private static void requireNotNested(TableLog log, TableId table) {
    log.nested()
        .ifPresent(
            other -> {
              throw new FatalException(
                  "Table "
                      + table
                      + " cannot be made at "
                      + log.location()
                      + ": there is another table at "
                      + other
                      + ", and of two tables one of which lies in the other, a VACUUM of the outer"
                      + " one deletes the files of the inner one. Map it to another name with"
                      + " table.name.map.");
            });
  }

  /**
   * Brings the table to where rows of {@code schema} can be written.
   *
   * @return the changed table, or empty where nothing had to be changed
   */
  public Optional<TableVersion> evolve(
      TableLog log, TableId table, TableVersion version, RowSchema schema)
      throws CommitConflictException {
    MappedFields fields = new MappedFields(version);
    Map<String, String> properties = new HashMap<>();
    List<String> done = new ArrayList<>();
    RowSchema source = ColumnNames.canonical(schema, version.schema().fieldNames());
    requireNames(table, source, version.mapsColumns());
    if (options.history().isPresent()) {
      HistorySchema.requireFit(table, version, historyColumns(), properties);
    }
    if (version.feedsChanges()) {
      requireFeedable(table, source);
    }
    for (SchemaChange change : plan(table, version, source)) {
      apply(change, version, fields, properties).ifPresent(done::add);
    }
    for (Map.Entry<String, DataType> column : ownColumns().entrySet()) {
      if (!fields.has(column.getKey())) {
        fields.add(column.getKey(), column.getValue());
        done.add("add column " + column.getKey());
      }
    }
    boolean domains = version.supports("domainMetadata");
    if (done.isEmpty() && domains) {
      return Optional.empty();
    }
    if (options.evolution() == Evolution.NONE) {
      throw refused(table, done, domains);
    }
    TableVersion evolved = version;
    if (!domains) {
      evolved =
          log.definition().configure(evolved, Map.of("delta.feature.domainMetadata", "supported"));
      LOG.info("Table {} now has metadata domains", table);
    }
    if (!done.isEmpty()) {
      evolved = log.definition().evolve(evolved, fields.schema(), properties, Map.of());
      LOG.info("Changed table {}: {}", table, done);
      Map<String, String> types = new HashMap<>();
      for (StructField field : evolved.schema().fields()) {
        if (version.schema().indexOf(field.getName()) < 0) {
          types.put(field.getName(), type(field));
        }
      }
      GuessedTypes.warning(table, schema, types).ifPresent(LOG::warn);
    }
    return Optional.of(evolved);
  }

  private static FatalException refused(TableId table, List<String> done, boolean domains) {
    if (!domains) {
      return new FatalException(
          "Table "
              + table
              + " would have to be given the table feature domainMetadata, in which the sink keeps"
              + " its offsets, but schema.evolution is none. Set the property"
              + " delta.feature.domainMetadata of the table to supported, or set schema.evolution to"
              + " additive.");
    }
    return new FatalException(
        "Table "
            + table
            + " would have to "
            + String.join(", ", done)
            + ", but schema.evolution is none. Change the table, or set schema.evolution to"
            + " additive.");
  }

  private static String type(StructField field) {
    return field.getDataType().toString();
  }

  private List<SchemaChange> plan(TableId table, TableVersion version, RowSchema schema) {
    Set<String> own =
        ownColumns().keySet().stream().map(ColumnNames::key).collect(Collectors.toSet());
    List<StoredColumn> stored = new ArrayList<>();
    for (StructField field : version.schema().fields()) {
      if (!own.contains(ColumnNames.key(field.getName()))) {
        stored.add(
            new StoredColumn(
                field.getName(),
                DeltaTypes.meaning(field.getDataType()),
                field.isNullable(),
                false));
      }
    }
    try {
      return PLANNER.plan(schema, stored);
    } catch (IncompatibleColumnException e) {
      throw new FatalException("Table " + table + ": " + e.getMessage(), e);
    }
  }

  private static Optional<String> apply(
      SchemaChange change,
      TableVersion version,
      MappedFields fields,
      Map<String, String> properties) {
    if (change instanceof AddColumn added) {
      boolean oldReaders = !version.mapsColumns();
      fields.add(added.column().name(), DeltaTypes.columnFor(added.column().type(), oldReaders));
      return Optional.of("add column " + added.column().name());
    }
    if (change instanceof RelaxNotNull relaxed) {
      fields.relax(relaxed.name());
      return Optional.of("allow NULL in column " + relaxed.name());
    }
    WidenColumn widened = (WidenColumn) change;
    // Where Delta has no wider type of the kind, the column stays, and a value that does not fit is
    // refused by itself.
    Optional<DataType> wide =
        DeltaTypes.widened(
            version.schema().get(widened.name()).getDataType(),
            DeltaTypes.columnFor(widened.to(), false));
    if (wide.isEmpty() || !version.mapsColumns()) {
      return Optional.empty();
    }
    fields.widen(widened.name(), wide.get());
    properties.put("delta.enableTypeWidening", "true");
    return Optional.of("widen column " + widened.name() + " to " + wide.get());
  }

  /** The columns that the sink fills. */
  private Map<String, DataType> ownColumns() {
    Map<String, DataType> columns = metadataColumns();
    columns.putAll(historyColumns());
    return columns;
  }

  private Map<String, DataType> historyColumns() {
    return options
        .history()
        .map(history -> HistorySchema.columns(history.columns()))
        .orElse(Map.of());
  }

  private Map<String, DataType> metadataColumns() {
    MetadataColumns names = options.metadata();
    Map<String, DataType> columns = new LinkedHashMap<>();
    columns.put(names.op(), StringType.STRING);
    columns.put(names.ts(), TimestampType.TIMESTAMP);
    columns.put(names.lsn(), LongType.LONG);
    columns.put(names.commitLsn(), LongType.LONG);
    columns.put(names.epoch(), IntegerType.INTEGER);
    if (options.writeMode() == WriteMode.APPEND || options.deleteMode() == DeleteMode.SOFT) {
      columns.put(names.deleted(), BooleanType.BOOLEAN);
    }
    names.firstSeen().ifPresent(name -> columns.put(name, TimestampType.TIMESTAMP));
    names.lastSeen().ifPresent(name -> columns.put(name, TimestampType.TIMESTAMP));
    return columns;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/**
 * A source table, the form in which its events are delivered, and the builder of its events.
 * Immutable: each method returns another table. Row values are given in the order in which the
 * columns were added. LSNs are plain numbers; commit time (2026 plus one millisecond for each unit
 * of the commit LSN) and transaction id (the commit LSN) follow from them unless the event says
 * otherwise.
 */
public final class DebeziumTable {
  private record Column(String name, Schema schema, boolean isKey) {}

  private final String server;
  private final String database;
  private final String schema;
  private final String name;
  private final List<Column> columns;
  private final RecordShape shape;
  private final Schema keySchema;
  private final Schema rowSchema;
  private final Schema envelopeSchema;

  private DebeziumTable(
      String server,
      String database,
      String schema,
      String name,
      List<Column> columns,
      RecordShape shape) {
    this.server = server;
    this.database = database;
    this.schema = schema;
    this.name = name;
    this.columns = List.copyOf(columns);
    this.shape = shape;
    SchemaBuilder key = SchemaBuilder.struct().name(topic() + ".Key");
    SchemaBuilder row = SchemaBuilder.struct().name(topic() + ".Value").optional();
    for (Column column : columns) {
      row.field(column.name, column.schema);
      if (column.isKey) {
        key.field(column.name, column.schema);
      }
    }
    keySchema = key.build();
    rowSchema = row.build();
    envelopeSchema = EnvelopeSchemas.envelope(topic(), rowSchema);
  }

  static DebeziumTable named(String schema, String name) {
    return new DebeziumTable("src", "shop", schema, name, List.of(), RecordShape.ENVELOPE);
  }

  /** In another server ({@code topic.prefix}) and database. */
  public DebeziumTable source(String topicPrefix, String databaseName) {
    return new DebeziumTable(topicPrefix, databaseName, schema, name, columns, shape);
  }

  /** Adds a column of the primary key. */
  public DebeziumTable key(String column, Schema type) {
    return with(new Column(column, type.schema(), true));
  }

  /** Adds a column; see {@link DebeziumTypes} for the types beyond Connect's own. */
  public DebeziumTable column(String column, Schema type) {
    return with(new Column(column, type.schema(), false));
  }

  /** The table after {@code ALTER TABLE … DROP COLUMN}. */
  public DebeziumTable without(String column) {
    return new DebeziumTable(
        server,
        database,
        schema,
        name,
        columns.stream().filter(each -> !each.name.equals(column)).toList(),
        shape);
  }

  /**
   * Events as {@code ExtractNewRecordState} leaves them, with {@link DebeziumRecords#FLATTENED}.
   */
  public DebeziumTable flattened() {
    return flattened(DebeziumRecords.FLATTENED);
  }

  /** Events as {@code ExtractNewRecordState} with this configuration leaves them. */
  public DebeziumTable flattened(Map<String, String> configuration) {
    return shaped(shape.flattened(configuration));
  }

  /** Events as JSON without schemas. */
  public DebeziumTable schemaless() {
    return shaped(shape.schemaless());
  }

  /** {@code <topic.prefix>.<schema>.<table>}. */
  public String topic() {
    return server + "." + schema + "." + name;
  }

  /** A streamed insert. */
  public TableEvent create(long commitLsn, long lsn, Object... after) {
    return event("c", SourceBlock.streamed(commitLsn, lsn)).after(after);
  }

  /** A streamed update; {@code before} is null, as with replica identity DEFAULT. */
  public TableEvent update(long commitLsn, long lsn, Object... after) {
    return event("u", SourceBlock.streamed(commitLsn, lsn)).after(after);
  }

  /**
   * A streamed delete. Given the key's values only, {@code before} is what replica identity DEFAULT
   * leaves: the key, null, and made-up values in columns that are NOT NULL.
   *
   * @param before the key's values or a whole row's
   */
  public TableEvent delete(long commitLsn, long lsn, Object... before) {
    Object[] row = before.length == columns.size() ? before : fabricated(before);
    return event("d", SourceBlock.streamed(commitLsn, lsn)).before(row);
  }

  /** A row of the initial snapshot that was taken at this LSN. */
  public TableEvent snapshot(long snapshotLsn, Object... after) {
    return event("r", SourceBlock.initialSnapshot(snapshotLsn)).after(after);
  }

  /** A row of an incremental snapshot: no LSN, but the stream's position. */
  public TableEvent incrementalSnapshot(long commitLsn, long lsn, Object... after) {
    return event("r", SourceBlock.incrementalSnapshot(commitLsn, lsn)).after(after);
  }

  /** A row of a blocking snapshot: the position at which the stream paused. */
  public TableEvent blockingSnapshot(long commitLsn, long lsn, Object... after) {
    return event("r", SourceBlock.streamed(commitLsn, lsn).withSnapshot("true")).after(after);
  }

  /** A truncate; its key is null. */
  public TableEvent truncate(long commitLsn, long lsn) {
    return event("t", SourceBlock.streamed(commitLsn, lsn));
  }

  /** What follows a delete with {@code tombstones.on.delete}: a key with a null value. */
  public TableEvent tombstone(Object... key) {
    return event(TableEvent.TOMBSTONE, SourceBlock.streamed(0, 0)).before(fabricated(key));
  }

  /**
   * A changed key: the delete of the old one, its tombstone and the insert of the new one, with the
   * headers that tie them together.
   *
   * @param oldKey the old key's values
   */
  public List<DebeziumEvent> keyChange(long commitLsn, long lsn, List<?> oldKey, Object... after) {
    TableEvent create = create(commitLsn, lsn, after);
    TableEvent delete = delete(commitLsn, lsn, oldKey.toArray());
    Struct oldStruct = delete.key();
    Struct newStruct = create.key();
    return List.of(
        delete.header("__debezium.newkey", newStruct),
        tombstone(oldKey.toArray())
            .tsMs(delete.source().tsMs())
            .header("__debezium.newkey", newStruct),
        create.header("__debezium.oldkey", oldStruct));
  }

  RecordShape shape() {
    return shape;
  }

  Schema envelopeSchema() {
    return envelopeSchema;
  }

  DebeziumTable shaped(RecordShape newShape) {
    return new DebeziumTable(server, database, schema, name, columns, newShape);
  }

  /** The key of a row; empty where the table has none. */
  Optional<Struct> key(Struct row) {
    if (keySchema.fields().isEmpty()) {
      return Optional.empty();
    }
    Struct key = new Struct(keySchema);
    keySchema.fields().forEach(field -> key.put(field.name(), row.get(field.name())));
    return Optional.of(key);
  }

  Struct row(Object... values) {
    if (values.length != columns.size()) {
      throw new IllegalArgumentException(
          "%s has %d columns %s, given are %d values %s"
              .formatted(
                  topic(),
                  columns.size(),
                  columns.stream().map(Column::name).toList(),
                  values.length,
                  Arrays.toString(values)));
    }
    Struct row = new Struct(rowSchema);
    for (int i = 0; i < values.length; i++) {
      Column column = columns.get(i);
      row.put(
          column.name,
          values[i] == Unchanged.UNCHANGED ? Unchanged.placeholder(column.schema) : values[i]);
    }
    return row;
  }

  Struct sourceStruct(SourceBlock block) {
    return block.struct(server, database, schema, name);
  }

  private TableEvent event(String operation, SourceBlock source) {
    return TableEvent.of(this, operation, source);
  }

  private Object[] fabricated(Object... key) {
    List<Object> values = new ArrayList<>(Collections.nCopies(columns.size(), null));
    int next = 0;
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      if (column.isKey && next < key.length) {
        values.set(i, key[next++]);
      } else if (!column.schema.isOptional()) {
        values.set(i, Fabricated.value(column.schema));
      }
    }
    if (next != key.length || columns.stream().filter(Column::isKey).count() != next) {
      throw new IllegalArgumentException(
          "%s: neither a key nor a row: %s".formatted(topic(), Arrays.toString(key)));
    }
    return values.toArray();
  }

  private DebeziumTable with(Column column) {
    List<Column> more = new ArrayList<>(columns);
    more.add(column);
    return new DebeziumTable(server, database, schema, name, more, shape);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.event;

import io.debezium.data.Envelope;
import io.lakehousecdc.order.SourceId;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.Headers;

/**
 * The reader of a record's {@link Event}: of a Debezium envelope, or of a row flattened by {@code
 * ExtractNewRecordState}, whose metadata are fields or headers such as {@code __op}, {@code
 * __source_sequence}, {@code __deleted}; with a schema or without. Never fails: a record that it
 * does not understand is {@link Event#OTHER}, or an event without a position. Not thread safe.
 */
public final class EventReader {
  /**
   * The mark of {@code delete.tombstone.handling.mode=rewrite}, "true" or "false". The transform
   * names it so whatever {@code add.fields.prefix} is ({@code
   * ExtractNewRecordStateConfigDefinition.DELETED_FIELD}).
   */
  public static final String DELETED = "__deleted";

  private static final String TRUNCATE = "t";
  private static final String DELETE = "d";

  private final SchemaCache<Function<ConnectRecord<?>, Event>> readers;
  private final FlattenedReader headers;
  private final EnvelopeReader mapEnvelope;
  private final FlattenedReader mapFlattened;

  /**
   * @param prefix prefix of the names of metadata in flattened records, {@code __} by default at
   *     the source
   */
  public EventReader(String prefix) {
    headers = new FlattenedReader(name -> FieldReader.ofHeaders(name), prefix);
    mapEnvelope = new EnvelopeReader(FieldReader::ofMap, FieldReader::ofMap);
    mapFlattened = new FlattenedReader(FieldReader::ofMap, prefix);
    readers = new SchemaCache<>(schema -> compile(schema, prefix));
  }

  /** The event of a record. */
  public Event read(ConnectRecord<?> record) {
    Object value = record.value();
    if (value == null) {
      return nullValue(record);
    }
    if (value instanceof Struct struct) {
      return readers.get(struct.schema()).apply(record);
    }
    if (value instanceof Map<?, ?> map) {
      return schemaless(map, record);
    }
    return Event.OTHER;
  }

  /** A delete that was flattened to null has its position if headers were added. */
  private Event nullValue(ConnectRecord<?> record) {
    Headers found = record.headers();
    if (found.isEmpty()) {
      return Event.TOMBSTONE;
    }
    SourceId id = SourceIdReader.NONE.read(null, headers.id, found, record.topic());
    SourceInfo source = headers.source.read(id, found, DELETE);
    return source.sequence() == null ? Event.TOMBSTONE : new Event.Delete(source);
  }

  private Function<ConnectRecord<?>, Event> compile(Schema schema, String prefix) {
    if (ServiceMessages.isServiceMessage(schema)) {
      return record -> Event.OTHER;
    }
    if (isEnvelope(schema)) {
      Schema source = schema.field(Envelope.FieldName.SOURCE).schema();
      EnvelopeReader envelope =
          new EnvelopeReader(
              name -> FieldReader.ofStruct(schema, name),
              name -> FieldReader.ofStruct(source, name));
      return record -> envelope.read(record.value());
    }
    FlattenedReader row = new FlattenedReader(name -> FieldReader.ofStruct(schema, name), prefix);
    return record -> flattened(row, record.value(), record);
  }

  private Event schemaless(Map<?, ?> map, ConnectRecord<?> record) {
    if (ServiceMessages.isServiceMessage(map)) {
      return Event.OTHER;
    }
    boolean envelope =
        map.containsKey(Envelope.FieldName.OPERATION)
            && map.get(Envelope.FieldName.SOURCE) instanceof Map;
    return envelope ? mapEnvelope.read(map) : flattened(mapFlattened, map, record);
  }

  private static boolean isEnvelope(Schema schema) {
    return schema.field(Envelope.FieldName.OPERATION) != null
        && schema.field(Envelope.FieldName.SOURCE) != null
        && schema.field(Envelope.FieldName.SOURCE).schema().type() == Schema.Type.STRUCT;
  }

  private Event flattened(FlattenedReader row, Object value, ConnectRecord<?> record) {
    Headers found = record.headers();
    String op = row.op.text(value);
    if (op == null) {
      op = headers.op.text(found);
    }
    SourceId id = row.id.read(value, headers.id, found, record.topic());
    SourceInfo source = row.source.read(id, value, op);
    if (source.sequence() == null && !found.isEmpty()) {
      source = headers.source.read(id, found, op);
    }
    boolean deleted = op == null && (row.isDeleted(value) || headers.isDeleted(found));
    return event(deleted ? DELETE : op, source);
  }

  /** A row that was flattened without its operation counts as a change. */
  private static Event event(String op, SourceInfo source) {
    if (op == null) {
      return new Event.Change(source);
    }
    return switch (op) {
      case TRUNCATE -> new Event.Truncate(source);
      case DELETE -> new Event.Delete(source);
      case "c", "u", "r" -> new Event.Change(source);
      default -> Event.OTHER;
    };
  }

  private static final class EnvelopeReader {
    private final FieldReader op;
    private final FieldReader sourceBlock;
    private final SourceIdReader id;
    private final SourceReader source;

    EnvelopeReader(
        Function<String, FieldReader> envelope, Function<String, FieldReader> sourceFields) {
      op = envelope.apply(Envelope.FieldName.OPERATION);
      sourceBlock = envelope.apply(Envelope.FieldName.SOURCE);
      id = new SourceIdReader(sourceFields);
      source = new SourceReader(sourceFields);
    }

    Event read(Object envelope) {
      String code = op.text(envelope);
      if (code == null) {
        return Event.OTHER;
      }
      Object block = sourceBlock.read(envelope);
      return event(
          code, block == null ? SourceInfo.UNKNOWN : source.read(id.read(block), block, code));
    }
  }

  private static final class FlattenedReader {
    private final FieldReader op;
    private final FieldReader deleted;
    private final SourceIdReader id;
    private final SourceReader source;

    FlattenedReader(Function<String, FieldReader> fields, String prefix) {
      op = fields.apply(prefix + Envelope.FieldName.OPERATION);
      deleted = fields.apply(DELETED);
      id = new SourceIdReader(name -> ofSource(fields, prefix, name));
      source = new SourceReader(name -> metadata(fields, prefix, name));
    }

    /**
     * A field of the source block. It is named with or without {@code source_}, as in {@code
     * add.fields}; except its timestamps, whose short names mean the time at which Debezium
     * processed the event.
     */
    private static FieldReader metadata(
        Function<String, FieldReader> fields, String prefix, String name) {
      FieldReader qualified = fields.apply(prefix + "source_" + name);
      return name.startsWith("ts_") ? qualified : qualified.or(fields.apply(prefix + name));
    }

    /** Without a prefix, the short names would be those of columns. */
    private static FieldReader ofSource(
        Function<String, FieldReader> fields, String prefix, String name) {
      return prefix.isEmpty() ? fields.apply("source_" + name) : metadata(fields, prefix, name);
    }

    /** The mark is text; a boolean of that name is a column. */
    boolean isDeleted(Object container) {
      return "true".equals(deleted.read(container));
    }
  }
}

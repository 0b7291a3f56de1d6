// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.decode.table.FlatFields;
import io.lakehousecdc.sink.decode.table.Layout;
import io.lakehousecdc.sink.decode.table.Member;
import io.lakehousecdc.sink.decode.table.SourceTable;
import io.lakehousecdc.sink.decode.type.DecodeException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * The reader of metadata in flattened records, from fields ({@code add.fields}) or headers ({@code
 * add.headers}). {@code ts_ms} is not used: it is the time at which Debezium emitted the event,
 * which changes when the event is emitted again. {@code source_ts_ms} is the commit time.
 */
final class FlatMetadata {
  private record Attribute(Member member, List<String> headers) {
    Object of(SinkRecord record, Object value) {
      if (headers.isEmpty()) {
        return member.of(value);
      }
      for (String name : headers) {
        Header header = record.headers().lastWithName(name);
        if (header != null) {
          return header.value();
        }
      }
      return null;
    }
  }

  private final Attribute operation;
  private final Attribute deleted;
  private final Attribute sequence;
  private final Attribute lsn;
  private final Attribute snapshot;
  private final Attribute micros;
  private final Attribute millis;
  private final Attribute nanos;
  private final Attribute server;
  private final Attribute connector;
  private final Attribute database;
  private final Attribute schema;
  private final Attribute table;
  private String lastTopic;
  private SourceId lastId = SourceId.UNKNOWN;
  private SourceTable byTopic;

  /**
   * @param layout layout of the rows
   * @param fields names of its members that are metadata
   * @param prefix prefix of the names of metadata
   */
  FlatMetadata(Layout layout, Set<String> fields, String prefix) {
    Names names = new Names(layout, fields, prefix);
    operation = names.attribute("op");
    deleted =
        fields.contains(FlatFields.DELETED)
            ? new Attribute(layout.member(FlatFields.DELETED), List.of())
            : new Attribute(Member.NONE, List.of(FlatFields.DELETED));
    sequence = names.attribute("source_sequence", "sequence");
    lsn = names.attribute("source_lsn", "lsn");
    snapshot = names.attribute("source_snapshot", "snapshot");
    micros = names.attribute("source_ts_us");
    millis = names.attribute("source_ts_ms");
    nanos = names.attribute("source_ts_ns");
    server = names.attribute("source_name", "name");
    connector = names.attribute("source_connector", "connector");
    database = names.attribute("source_db", "db");
    schema = names.attribute("source_schema", "schema");
    table = names.attribute("source_table", "table");
  }

  /** Finds metadata by name, in fields first and then in headers. */
  private record Names(Layout layout, Set<String> fields, String prefix) {
    Attribute attribute(String... names) {
      List<String> prefixed = Stream.of(names).map(prefix::concat).toList();
      for (String name : prefixed) {
        if (fields.contains(name)) {
          return new Attribute(layout.member(name), List.of());
        }
      }
      return new Attribute(Member.NONE, prefixed);
    }
  }

  SourcePosition sourcePosition(SinkRecord record, Object value, boolean isRead) {
    return Attributes.sourcePosition(
        id(record, value),
        sequence.of(record, value),
        lsn.of(record, value),
        snapshot.of(record, value),
        isRead,
        Attributes.micros(
            micros.of(record, value), millis.of(record, value), nanos.of(record, value)));
  }

  /** The source by its metadata; without them, the topic's prefix names it. */
  private SourceId id(SinkRecord record, Object value) {
    Object name = server.of(record, value);
    Object databaseName = database.of(record, value);
    Object kind = connector.of(record, value);
    SourceId id =
        new SourceId(
            name == null ? prefix(record.topic()) : name.toString(),
            databaseName == null ? "" : databaseName.toString(),
            kind == null ? "" : kind.toString());
    if (!id.equals(lastId)) {
      lastId = id;
    }
    return lastId;
  }

  /** The topic's name without the schema and the table. */
  private static String prefix(String topic) {
    int table = topic.lastIndexOf('.');
    int schema = table < 0 ? -1 : topic.lastIndexOf('.', table - 1);
    return schema < 0 ? "" : topic.substring(0, schema);
  }

  /** The source table by its metadata, completed from the topic's name. */
  SourceTable table(SinkRecord record, Object value) {
    Object tableName = table.of(record, value);
    Object schemaName = schema.of(record, value);
    Object databaseName = database.of(record, value);
    if (!record.topic().equals(lastTopic)) {
      byTopic = SourceTable.ofTopic(record.topic());
      lastTopic = record.topic();
    }
    if (tableName == null && schemaName == null && databaseName == null) {
      return byTopic;
    }
    return new SourceTable(
        databaseName == null ? "" : databaseName.toString(),
        schemaName == null ? byTopic.schema() : schemaName.toString(),
        tableName == null ? byTopic.name() : tableName.toString());
  }

  /**
   * The operation of a record.
   *
   * @throws DecodeException if it is not known, or contradicts {@code __deleted}
   */
  Operation operation(SinkRecord record, Object value) {
    Object code = operation.of(record, value);
    Operation known = code == null ? Operation.UPDATE : known(code.toString());
    Object mark = deleted.of(record, value);
    if (mark == null) {
      return known;
    }
    boolean isDeleted = mark.toString().equals("true");
    boolean isMark = isDeleted || mark.toString().equals("false");
    if (!isMark || code != null && isDeleted != (known == Operation.DELETE)) {
      throw new DecodeException(
          "The text __deleted is no mark of ExtractNewRecordState: it is neither true nor false, or"
              + " contradicts the operation. If it is a column of the source, send Debezium's"
              + " envelopes as they are (no ExtractNewRecordState), or leave it out there with"
              + " column.exclude.list.");
    }
    return isDeleted ? Operation.DELETE : known;
  }

  private static Operation known(String code) {
    for (Operation each : Operation.RECEIVED) {
      if (each.code().equals(code)) {
        return each;
      }
    }
    throw new DecodeException(
        "The operation (__op) is not known. Known are c, r, u, d and t.", code);
  }
}

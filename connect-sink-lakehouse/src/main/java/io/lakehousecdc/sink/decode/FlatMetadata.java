// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.decode.table.Layout;
import io.lakehousecdc.sink.decode.table.Member;
import io.lakehousecdc.sink.decode.table.SourceTable;
import io.lakehousecdc.sink.decode.type.DecodeException;
import java.util.List;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * The reader of metadata in flattened records, from fields ({@code add.fields}) or headers ({@code
 * add.headers}) with the default prefix. {@code __ts_ms} is not used: it is the time at which
 * Debezium emitted the event, which changes when the event is emitted again. {@code __source_ts_ms}
 * is the commit time.
 */
final class FlatMetadata {
  private record Attribute(Member member, List<String> headers) {
    static Attribute of(Layout layout, String... names) {
      for (String name : names) {
        if (layout.has(name)) {
          return new Attribute(layout.member(name), List.of());
        }
      }
      return new Attribute(Member.NONE, List.of(names));
    }

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

  FlatMetadata(Layout layout) {
    operation = Attribute.of(layout, "__op");
    deleted = Attribute.of(layout, "__deleted");
    sequence = Attribute.of(layout, "__source_sequence", "__sequence");
    lsn = Attribute.of(layout, "__source_lsn", "__lsn");
    snapshot = Attribute.of(layout, "__source_snapshot", "__snapshot");
    micros = Attribute.of(layout, "__source_ts_us");
    millis = Attribute.of(layout, "__source_ts_ms");
    nanos = Attribute.of(layout, "__source_ts_ns");
    server = Attribute.of(layout, "__source_name", "__name");
    connector = Attribute.of(layout, "__source_connector", "__connector");
    database = Attribute.of(layout, "__source_db", "__db");
    schema = Attribute.of(layout, "__source_schema", "__schema");
    table = Attribute.of(layout, "__source_table", "__table");
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

  Operation operation(SinkRecord record, Object value) {
    Object isDeleted = deleted.of(record, value);
    if (isDeleted != null && isDeleted.toString().equals("true")) {
      return Operation.DELETE;
    }
    Object code = operation.of(record, value);
    if (code == null) {
      return Operation.UPDATE;
    }
    for (Operation each : Operation.RECEIVED) {
      if (each.code().equals(code.toString())) {
        return each;
      }
    }
    throw new DecodeException(
        "The operation (__op) is not known. Known are c, r, u, d and t.", code);
  }
}

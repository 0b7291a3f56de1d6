// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode;

import static io.debezium.connector.AbstractSourceInfo.DATABASE_NAME_KEY;
import static io.debezium.connector.AbstractSourceInfo.DEBEZIUM_CONNECTOR_KEY;
import static io.debezium.connector.AbstractSourceInfo.SCHEMA_NAME_KEY;
import static io.debezium.connector.AbstractSourceInfo.SEQUENCE_KEY;
import static io.debezium.connector.AbstractSourceInfo.SERVER_NAME_KEY;
import static io.debezium.connector.AbstractSourceInfo.SNAPSHOT_KEY;
import static io.debezium.connector.AbstractSourceInfo.TABLE_NAME_KEY;
import static io.debezium.connector.AbstractSourceInfo.TIMESTAMP_KEY;
import static io.debezium.connector.AbstractSourceInfo.TIMESTAMP_NS_KEY;
import static io.debezium.connector.AbstractSourceInfo.TIMESTAMP_US_KEY;

import io.lakehousecdc.order.SourceId;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.sink.decode.table.Layout;
import io.lakehousecdc.sink.decode.table.Member;
import io.lakehousecdc.sink.decode.table.SourceTable;

/** The reader of an envelope's {@code source} block. Compiled once per layout of the block. */
final class Source {
  private static final String LSN_KEY = "lsn";
  private static final String TRANSACTION_KEY = "txId";

  private final Member sequence;
  private final Member lsn;
  private final Member transaction;
  private final Member snapshot;
  private final Member micros;
  private final Member millis;
  private final Member nanos;
  private final Member server;
  private final Member connector;
  private final Member database;
  private final Member schema;
  private final Member table;
  private SourceTable last;
  private SourceId lastId = SourceId.UNKNOWN;

  Source(Layout layout) {
    sequence = layout.member(SEQUENCE_KEY);
    lsn = layout.member(LSN_KEY);
    transaction = layout.member(TRANSACTION_KEY);
    snapshot = layout.member(SNAPSHOT_KEY);
    micros = layout.member(TIMESTAMP_US_KEY);
    millis = layout.member(TIMESTAMP_KEY);
    nanos = layout.member(TIMESTAMP_NS_KEY);
    server = layout.member(SERVER_NAME_KEY);
    connector = layout.member(DEBEZIUM_CONNECTOR_KEY);
    database = layout.member(DATABASE_NAME_KEY);
    schema = layout.member(SCHEMA_NAME_KEY);
    table = layout.member(TABLE_NAME_KEY);
  }

  Origin origin(Object source, boolean isRead) {
    SourcePosition position =
        Attributes.sourcePosition(
            id(source),
            sequence.of(source),
            lsn.of(source),
            snapshot.of(source),
            isRead,
            Attributes.micros(micros.of(source), millis.of(source), nanos.of(source)));
    return new Origin(position, Attributes.number(transaction.of(source), 0));
  }

  private SourceId id(Object source) {
    String name = text(server, source);
    String databaseName = text(database, source);
    String kind = text(connector, source);
    if (!lastId.name().equals(name)
        || !lastId.database().equals(databaseName)
        || !lastId.connector().equals(kind)) {
      lastId = new SourceId(name, databaseName, kind);
    }
    return lastId;
  }

  /** The source table. Without a schema (as from MySQL) the database's name is used as schema. */
  SourceTable table(Object source) {
    String databaseName = text(database, source);
    String tableName = text(table, source);
    Object schemaValue = schema.of(source);
    String schemaName = schemaValue == null ? databaseName : schemaValue.toString();
    if (last == null
        || !last.name().equals(tableName)
        || !last.schema().equals(schemaName)
        || !last.database().equals(databaseName)) {
      last = new SourceTable(databaseName, schemaName, tableName);
    }
    return last;
  }

  /**
   * Whether a converter has replaced the null that Debezium sends while streaming by the default
   * "false". It then replaces NULL in columns, too.
   */
  boolean showsReplacedNull(Object source) {
    return "false".equals(snapshot.of(source));
  }

  private static String text(Member member, Object source) {
    Object value = member.of(source);
    return value == null ? "" : value.toString();
  }
}

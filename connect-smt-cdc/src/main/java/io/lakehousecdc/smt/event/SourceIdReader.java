// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.event;

import io.debezium.connector.AbstractSourceInfo;
import io.lakehousecdc.order.SourceId;
import java.util.function.Function;

/** The reader of an event's {@link SourceId}. Compiled once per schema. Not thread safe. */
final class SourceIdReader {
  /** Finds nothing. */
  static final SourceIdReader NONE = new SourceIdReader(name -> FieldReader.ABSENT);

  private final FieldReader name;
  private final FieldReader database;
  private final FieldReader connector;
  private SourceId last = SourceId.UNKNOWN;

  /**
   * @param fields finds a field of the source block by its name there
   */
  SourceIdReader(Function<String, FieldReader> fields) {
    name = fields.apply(AbstractSourceInfo.SERVER_NAME_KEY);
    database = fields.apply(AbstractSourceInfo.DATABASE_NAME_KEY);
    connector = fields.apply(AbstractSourceInfo.DEBEZIUM_CONNECTOR_KEY);
  }

  /** The source of an envelope; parts that its source block does not tell are empty. */
  SourceId read(Object block) {
    return id(text(name, block), text(database, block), text(connector, block));
  }

  /**
   * The source of a flattened record: each part from its fields or else its headers, the name or
   * else from the topic, as in the sink.
   *
   * @param row null where the record has no value
   * @param inHeaders reads headers
   */
  SourceId read(Object row, SourceIdReader inHeaders, Object headers, String topic) {
    String told = text(name, row, inHeaders.name, headers);
    return id(
        told.isEmpty() ? prefix(topic) : told,
        text(database, row, inHeaders.database, headers),
        text(connector, row, inHeaders.connector, headers));
  }

  private SourceId id(String named, String databaseName, String kind) {
    if (!last.name().equals(named)
        || !last.database().equals(databaseName)
        || !last.connector().equals(kind)) {
      last = new SourceId(named, databaseName, kind);
    }
    return last;
  }

  /** The topic's name without the schema and the table. */
  private static String prefix(String topic) {
    int table = topic.lastIndexOf('.');
    int schema = table < 0 ? -1 : topic.lastIndexOf('.', table - 1);
    return schema < 0 ? "" : topic.substring(0, schema);
  }

  private static String text(FieldReader field, Object row, FieldReader header, Object headers) {
    String text = field.text(row);
    return text == null ? text(header, headers) : text;
  }

  private static String text(FieldReader reader, Object container) {
    String text = reader.text(container);
    return text == null ? "" : text;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.event;

import io.debezium.connector.AbstractSourceInfo;
import io.lakehousecdc.order.SourceId;
import java.util.function.Function;

/** The reader of a {@link SourceInfo}. Compiled once per schema. */
final class SourceReader {
  private final FieldReader sequence;
  private final FieldReader snapshot;
  private final FieldReader micros;
  private final FieldReader nanos;
  private final FieldReader millis;
  private final FieldReader schema;
  private final FieldReader table;

  /**
   * @param fields finds a field of the source block by its name there
   */
  SourceReader(Function<String, FieldReader> fields) {
    sequence = fields.apply(AbstractSourceInfo.SEQUENCE_KEY);
    snapshot = fields.apply(AbstractSourceInfo.SNAPSHOT_KEY);
    micros = fields.apply(AbstractSourceInfo.TIMESTAMP_US_KEY);
    nanos = fields.apply(AbstractSourceInfo.TIMESTAMP_NS_KEY);
    millis = fields.apply(AbstractSourceInfo.TIMESTAMP_KEY);
    schema = fields.apply(AbstractSourceInfo.SCHEMA_NAME_KEY);
    table = fields.apply(AbstractSourceInfo.TABLE_NAME_KEY);
  }

  SourceInfo read(SourceId id, Object container, String op) {
    return new SourceInfo(
        id,
        tableName(container),
        Sequence.parse(sequence.read(container)),
        Origin.of(snapshot.read(container), op),
        commitTimeMicros(container));
  }

  private String tableName(Object container) {
    String first = schema.text(container);
    String second = table.text(container);
    return first == null && second == null ? "" : first + '.' + second;
  }

  private long commitTimeMicros(Object container) {
    Long time = number(micros, container);
    if (time != null) {
      return time;
    }
    time = number(nanos, container);
    if (time != null) {
      return time / 1000;
    }
    time = number(millis, container);
    return time == null ? SourceInfo.NO_TIME : time * 1000;
  }

  /** A header may hold the number as text. */
  private static Long number(FieldReader reader, Object container) {
    Object value = reader.read(container);
    if (value instanceof Number number) {
      return number.longValue();
    }
    try {
      return value instanceof String text ? Long.valueOf(text) : null;
    } catch (NumberFormatException notANumber) {
      return null;
    }
  }
}

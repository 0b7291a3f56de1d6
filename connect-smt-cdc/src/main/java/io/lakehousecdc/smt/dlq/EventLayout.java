// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.dlq;

import io.debezium.data.Envelope;
import io.lakehousecdc.smt.event.EventReader;
import io.lakehousecdc.smt.event.FieldReader;
import io.lakehousecdc.smt.event.ServiceMessages;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.kafka.connect.data.Schema;

/**
 * The readers of an event's parts, for values of one schema.
 *
 * @param kind form of the value
 * @param op operation
 * @param source source block; absent in rows
 * @param row the row: {@code after}, or the value itself
 * @param deleted marker of flattened deletes
 * @param schemaProblem the problem that all rows of the schema have
 */
record EventLayout(
    Kind kind,
    FieldReader op,
    FieldReader source,
    FieldReader row,
    FieldReader deleted,
    Optional<String> schemaProblem) {

  enum Kind {
    ENVELOPE,
    FLATTENED,
    /** Heartbeat or transaction boundary. */
    SERVICE,
    /** None of these, unless headers show that it is a flattened row. */
    UNKNOWN
  }

  private static final List<String> METADATA =
      List.of("op", "sequence", "source_sequence", "lsn", "source_lsn");

  /** The layout of structs. */
  static EventLayout of(Schema schema, ChangeRules rules) {
    Kind kind =
        ServiceMessages.isServiceMessage(schema)
            ? Kind.SERVICE
            : kind(name -> schema.field(name) != null, rules);
    Function<String, FieldReader> fields = name -> FieldReader.ofStruct(schema, name);
    Optional<Schema> row =
        kind == Kind.ENVELOPE
            ? Optional.ofNullable(schema.field(Envelope.FieldName.AFTER)).map(f -> f.schema())
            : Optional.of(schema);
    return of(kind, fields, rules.prefix(), row.flatMap(s -> wrongType(s, rules)));
  }

  /** The layout of one schemaless value. */
  static EventLayout of(Map<?, ?> value, ChangeRules rules) {
    Kind kind =
        ServiceMessages.isServiceMessage(value) ? Kind.SERVICE : kind(value::containsKey, rules);
    return of(kind, FieldReader::ofMap, rules.prefix(), Optional.empty());
  }

  /** Whether a metadata field of flattened records is present. */
  static boolean hasMetadata(Predicate<String> present, String prefix) {
    for (String name : METADATA) {
      if (present.test(prefix + name)) {
        return true;
      }
    }
    return present.test(EventReader.DELETED);
  }

  private static Kind kind(Predicate<String> present, ChangeRules rules) {
    return switch (rules.shape()) {
      case FLATTENED -> Kind.FLATTENED;
      case ENVELOPE -> isEnvelope(present) ? Kind.ENVELOPE : Kind.UNKNOWN;
      case ANY -> {
        if (isEnvelope(present)) {
          yield Kind.ENVELOPE;
        }
        yield hasMetadata(present, rules.prefix()) ? Kind.FLATTENED : Kind.UNKNOWN;
      }
    };
  }

  private static boolean isEnvelope(Predicate<String> present) {
    return present.test(Envelope.FieldName.OPERATION) && present.test(Envelope.FieldName.SOURCE);
  }

  private static EventLayout of(
      Kind kind,
      Function<String, FieldReader> fields,
      String prefix,
      Optional<String> schemaProblem) {
    if (kind == Kind.ENVELOPE) {
      return new EventLayout(
          kind,
          fields.apply(Envelope.FieldName.OPERATION),
          fields.apply(Envelope.FieldName.SOURCE),
          fields.apply(Envelope.FieldName.AFTER),
          FieldReader.ABSENT,
          schemaProblem);
    }
    return new EventLayout(
        kind,
        fields.apply(prefix + "op"),
        FieldReader.ABSENT,
        value -> value,
        fields.apply(EventReader.DELETED),
        schemaProblem);
  }

  private static Optional<String> wrongType(Schema row, ChangeRules rules) {
    if (row.type() != Schema.Type.STRUCT) {
      return Optional.empty();
    }
    return rules.fieldTypes().entrySet().stream()
        .filter(e -> row.field(e.getKey()) != null)
        .filter(e -> !e.getValue().admits(row.field(e.getKey()).schema()))
        .map(
            e ->
                "field '%s' is %s, expected is %s"
                    .formatted(e.getKey(), name(row.field(e.getKey()).schema()), e.getValue()))
        .sorted()
        .findFirst();
  }

  private static String name(Schema schema) {
    return schema.name() == null ? schema.type().toString() : schema.name();
  }
}

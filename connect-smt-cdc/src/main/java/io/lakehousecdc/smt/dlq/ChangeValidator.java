// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.dlq;

import io.debezium.data.Envelope;
import io.lakehousecdc.smt.dlq.EventLayout.Kind;
import io.lakehousecdc.smt.event.EventReader;
import io.lakehousecdc.smt.event.FieldReader;
import io.lakehousecdc.smt.event.SchemaCache;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.Headers;

/**
 * The validator of records by {@link ChangeRules}. Its messages name fields and types, never
 * values, which may be secret. Not thread safe.
 */
public final class ChangeValidator {
  private static final String DELETE = "d";
  private static final String TRUNCATE = "t";
  private static final String MESSAGE = "m";

  private final ChangeRules rules;
  private final SchemaCache<EventLayout> layouts;
  private final EventReader events;
  private final FieldReader headerOp;
  private final FieldReader headerDeleted;

  public ChangeValidator(ChangeRules rules) {
    this.rules = rules;
    this.layouts = new SchemaCache<>(schema -> EventLayout.of(schema, rules));
    this.events = new EventReader(rules.prefix());
    this.headerOp = FieldReader.ofHeaders(rules.prefix() + Envelope.FieldName.OPERATION);
    this.headerDeleted = FieldReader.ofHeaders(EventReader.DELETED);
  }

  /** What is wrong with the record; empty if it is valid. */
  public Optional<String> problem(ConnectRecord<?> record) {
    Object value = record.value();
    if (value == null) {
      return missingKey(record, "the tombstone");
    }
    if (rules.schemaRequired() && record.valueSchema() == null) {
      return Optional.of("the value has no schema");
    }
    if (rules.maxBytes() > 0) {
      long size = DataSize.of(record.key()) + DataSize.of(value);
      if (size > rules.maxBytes()) {
        return Optional.of(
            "key and value have %d bytes, allowed are %d".formatted(size, rules.maxBytes()));
      }
    }
    Optional<EventLayout> layout = layout(value);
    return layout.isPresent()
        ? problem(record, layout.get())
        : Optional.of(
            "the value is a %s, and so no change event; is the right value.converter configured?"
                .formatted(value.getClass().getSimpleName()));
  }

  /** The record's operation, if it can be read. */
  public Optional<String> operation(ConnectRecord<?> record) {
    Optional<EventLayout> layout = layout(record.value());
    return layout.map(found -> op(record, found));
  }

  private Optional<EventLayout> layout(Object value) {
    if (value instanceof Struct struct) {
      return Optional.of(layouts.get(struct.schema()));
    }
    return value instanceof Map<?, ?> map
        ? Optional.of(EventLayout.of(map, rules))
        : Optional.empty();
  }

  private Optional<String> problem(ConnectRecord<?> record, EventLayout layout) {
    return switch (layout.kind()) {
      case SERVICE -> Optional.empty();
      case ENVELOPE -> envelopeProblem(record, layout);
      case FLATTENED -> rowProblem(record, layout);
      case UNKNOWN ->
          mayBeRow(record.headers())
              ? rowProblem(record, layout)
              : Optional.of(
                  "the value is neither a Debezium envelope (it lacks op or source) nor a"
                      + " flattened row with metadata");
    };
  }

  private boolean mayBeRow(Headers headers) {
    return rules.shape() == ChangeRules.Shape.ANY
        && EventLayout.hasMetadata(name -> headers.lastWithName(name) != null, rules.prefix());
  }

  private Optional<String> envelopeProblem(ConnectRecord<?> record, EventLayout layout) {
    String op = op(record, layout);
    if (op == null) {
      return Optional.of("op is null");
    }
    Optional<String> problem = opProblem(op);
    if (problem.isPresent()) {
      return problem;
    }
    if (layout.source().read(record.value()) == null) {
      return Optional.of("source is null");
    }
    if (op.equals(MESSAGE)) {
      return Optional.empty();
    }
    problem = positionProblem(record);
    if (problem.isPresent() || op.equals(TRUNCATE)) {
      return problem;
    }
    problem = missingKey(record, "the change");
    if (problem.isPresent() || op.equals(DELETE)) {
      return problem;
    }
    Object row = layout.row().read(record.value());
    return row == null
        ? Optional.of("op is '%s' but after is null".formatted(op))
        : columnProblem(row, layout);
  }

  private Optional<String> rowProblem(ConnectRecord<?> record, EventLayout layout) {
    String op = op(record, layout);
    Optional<String> problem = op == null ? Optional.empty() : opProblem(op);
    if (problem.isEmpty()) {
      problem = positionProblem(record);
    }
    if (problem.isEmpty()) {
      problem = missingKey(record, "the row");
    }
    boolean deleted = op == null ? isDeleted(record, layout) : op.equals(DELETE);
    return problem.isPresent() || deleted ? problem : columnProblem(record.value(), layout);
  }

  private Optional<String> opProblem(String op) {
    if (!ChangeRules.KNOWN_OPS.contains(op)) {
      return Optional.of("op is none of c, d, m, r, t, u");
    }
    return rules.allowedOps().contains(op)
        ? Optional.empty()
        : Optional.of("op '%s' is not among allowed.ops".formatted(op));
  }

  private Optional<String> positionProblem(ConnectRecord<?> record) {
    if (!rules.positionRequired()) {
      return Optional.empty();
    }
    return events.read(record).source().sequence() != null
        ? Optional.empty()
        : Optional.of("source.sequence is missing or not of the form [\"commit LSN\",\"LSN\"]");
  }

  private Optional<String> missingKey(ConnectRecord<?> record, String what) {
    return rules.keyRequired() && record.key() == null
        ? Optional.of(what + " has no key")
        : Optional.empty();
  }

  private Optional<String> columnProblem(Object row, EventLayout layout) {
    if (layout.schemaProblem().isPresent()) {
      return layout.schemaProblem();
    }
    if (!(row instanceof Struct) && !(row instanceof Map)) {
      return Optional.of("after is no row but a " + row.getClass().getSimpleName());
    }
    for (String name : rules.requiredFields()) {
      if (column(row, name) == null) {
        return Optional.of("required field '%s' is missing or null".formatted(name));
      }
    }
    return row instanceof Map<?, ?> map ? wrongType(map) : Optional.empty();
  }

  private Optional<String> wrongType(Map<?, ?> row) {
    for (Map.Entry<String, FieldType> field : rules.fieldTypes().entrySet()) {
      if (!field.getValue().admits(row.get(field.getKey()))) {
        return Optional.of(
            "field '%s' is %s, expected is %s"
                .formatted(
                    field.getKey(),
                    row.get(field.getKey()).getClass().getSimpleName(),
                    field.getValue()));
      }
    }
    return Optional.empty();
  }

  private static Object column(Object row, String name) {
    if (row instanceof Map<?, ?> map) {
      return map.get(name);
    }
    Struct struct = (Struct) row;
    Field field = struct.schema().field(name);
    return field == null ? null : struct.get(field);
  }

  private String op(ConnectRecord<?> record, EventLayout layout) {
    String op = layout.op().text(record.value());
    return op == null && layout.kind() != Kind.ENVELOPE ? headerOp.text(record.headers()) : op;
  }

  private boolean isDeleted(ConnectRecord<?> record, EventLayout layout) {
    return "true".equals(layout.deleted().read(record.value()))
        || "true".equals(headerDeleted.read(record.headers()));
  }
}

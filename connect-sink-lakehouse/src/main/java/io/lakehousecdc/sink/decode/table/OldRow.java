// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.table;

import io.debezium.data.Enum;
import io.debezium.data.Uuid;
import io.debezium.data.Xml;
import io.lakehousecdc.sink.decode.type.Scalars;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.connect.data.Schema;

/**
 * Tells real values of {@code before} from those that Debezium makes up. Under replica identity
 * DEFAULT PostgreSQL logs the old key alone; Debezium then sends null in columns that may be null,
 * and the column's default or a zero of its type in those that may not (and a converter may turn
 * such a null into the column's default, too). Nothing in the event says which identity the table
 * has. So a value counts as real only if it is none that could have been made up: a row with one
 * such value outside of its key was logged in full. A row that fails the test may yet be real; its
 * values are then not used, which costs nothing but the old values of a row of zeros and nulls.
 */
final class OldRow {
  /**
   * A column whose value can prove something.
   *
   * @param fallback the column's default; null where it has none
   * @param isOptional whether null is made up for it, and not a zero
   */
  private record Witness(Member member, Object fallback, boolean isOptional) {
    boolean isReal(Object row) {
      Object value = member.of(row);
      return value != null
          && (isOptional || !isZero(value))
          && !Objects.deepEquals(value, fallback);
    }
  }

  private static final Set<String> EMPTY_WHEN_MADE_UP =
      Set.of(Uuid.LOGICAL_NAME, Enum.LOGICAL_NAME, Xml.LOGICAL_NAME);

  private final boolean isAlwaysFull;
  private final List<Witness> witnesses;
  private final List<Optional<Witness>> overrides;

  private OldRow(boolean isAlwaysFull, List<Witness> witnesses, List<Optional<Witness>> overrides) {
    this.isAlwaysFull = isAlwaysFull;
    this.witnesses = witnesses;
    this.overrides = overrides;
  }

  /**
   * @param columns members of the layout that are columns, and no metadata
   * @param key layout of record keys; null where the table has none: then PostgreSQL accepts
   *     deletes under replica identity FULL alone
   * @param recordKey columns of the record key, which are real under any identity
   * @param overrides columns of {@code key.columns}: they may be those of a replica identity index,
   *     which are real while the rest is made up
   */
  static OldRow of(
      Layout layout,
      List<String> columns,
      Layout key,
      List<String> recordKey,
      List<String> overrides) {
    List<Witness> witnesses = new ArrayList<>();
    for (String name : columns) {
      if (!recordKey.contains(name) && !overrides.contains(name)) {
        witness(layout, name).ifPresent(witnesses::add);
      }
    }
    return new OldRow(
        key == null,
        witnesses,
        overrides.stream()
            .filter(name -> !recordKey.contains(name))
            .map(name -> witness(layout, name))
            .toList());
  }

  /** Without a schema a default cannot be told from a value: nothing proves anything. */
  private static Optional<Witness> witness(Layout layout, String name) {
    if (!(layout instanceof Layout.OfStruct struct)) {
      return Optional.empty();
    }
    Schema schema = struct.schema().field(name).schema();
    return schema.isOptional() || hasKnownZero(schema)
        ? Optional.of(new Witness(layout.member(name), schema.defaultValue(), schema.isOptional()))
        : Optional.empty();
  }

  /** Whether the row was logged in full. */
  boolean isFull(Object row) {
    if (isAlwaysFull) {
      return true;
    }
    for (Witness witness : witnesses) {
      if (witness.isReal(row)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the columns of {@code key.columns} hold real values. */
  boolean holdsOverrides(Object row) {
    return overrides.stream()
        .allMatch(witness -> witness.map(each -> each.isReal(row)).orElse(false));
  }

  /** Of the semantic types in text, only for these the made-up value is surely "". */
  private static boolean hasKnownZero(Schema schema) {
    return schema.type().isPrimitive()
        && (schema.type() != Schema.Type.STRING
            || schema.name() == null
            || EMPTY_WHEN_MADE_UP.contains(schema.name()));
  }

  private static boolean isZero(Object value) {
    if (value instanceof BigDecimal number) {
      return number.signum() == 0;
    }
    if (value instanceof Number number) {
      return number.doubleValue() == 0;
    }
    if (value instanceof java.util.Date date) {
      return date.getTime() == 0;
    }
    if (value instanceof byte[] || value instanceof ByteBuffer) {
      for (byte each : Scalars.bytes(value)) {
        if (each != 0) {
          return false;
        }
      }
      return true;
    }
    return Boolean.FALSE.equals(value) || "".equals(value);
  }
}

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
 * A test whether {@code before} holds the real old row or values that Debezium has made up.
 *
 * <p>Under replica identity DEFAULT PostgreSQL logs only the old key. Debezium then sends null in
 * columns that allow NULL, and the column's default or a zero of its type in the others; a
 * converter may also turn such a null into the column's default. The event does not say which
 * replica identity the table has. Therefore a value counts as real only if it cannot have been made
 * up, and a row with one such value outside of its key was logged in full. A real row of zeros,
 * nulls and defaults fails the test; its old values are then not used.
 *
 * <p>Under replica identity USING INDEX, and with {@code message.key.columns} that are not in the
 * identity, PostgreSQL logs other columns than the record key's, which Debezium then makes up
 * ({@code id = 0}). A delete whose key may be made up proves nothing of its row.
 */
final class OldRow {
  /**
   * A column whose value can prove that the row was logged in full.
   *
   * @param fallback the column's default; null if it has none
   * @param isOptional whether Debezium makes up null for it, and not a zero
   */
  private record Proof(Member member, Object fallback, boolean isOptional) {
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
  private final List<Proof> proofs;
  private final List<Optional<Proof>> keys;
  private final List<Optional<Proof>> overrides;

  private OldRow(
      boolean isAlwaysFull,
      List<Proof> proofs,
      List<Optional<Proof>> keys,
      List<Optional<Proof>> overrides) {
    this.isAlwaysFull = isAlwaysFull;
    this.proofs = proofs;
    this.keys = keys;
    this.overrides = overrides;
  }

  /**
   * The test for rows of one layout.
   *
   * @param columns members of the layout that are columns and not metadata
   * @param key layout of record keys; null if the table has none. Without a key PostgreSQL accepts
   *     deletes only under replica identity FULL
   * @param recordKey columns of the record key, which are real under any identity
   * @param overrides columns of {@code key.columns}. They may belong to a replica identity index
   *     and then hold real values while the other columns are made up
   */
  static OldRow of(
      Layout layout,
      List<String> columns,
      Layout key,
      List<String> recordKey,
      List<String> overrides) {
    List<Proof> proofs = new ArrayList<>();
    for (String name : columns) {
      if (!recordKey.contains(name) && !overrides.contains(name)) {
        proof(layout, name).ifPresent(proofs::add);
      }
    }
    return new OldRow(
        key == null,
        proofs,
        recordKey.stream().filter(layout::has).map(name -> proof(layout, name)).toList(),
        overrides.stream()
            .filter(name -> !recordKey.contains(name))
            .map(name -> proof(layout, name))
            .toList());
  }

  /** The column as a proof; empty without a schema, because its default is not known then. */
  private static Optional<Proof> proof(Layout layout, String name) {
    if (!(layout instanceof Layout.OfStruct struct)) {
      return Optional.empty();
    }
    Schema schema = struct.schema().field(name).schema();
    return schema.isOptional() || hasKnownZero(schema)
        ? Optional.of(new Proof(layout.member(name), schema.defaultValue(), schema.isOptional()))
        : Optional.empty();
  }

  /** Whether the row was logged in full. */
  boolean isFull(Object row) {
    if (isAlwaysFull) {
      return true;
    }
    for (Proof proof : proofs) {
      if (proof.isReal(row)) {
        return true;
      }
    }
    return false;
  }

  /** Whether all columns of the record key hold values that Debezium may have made up. */
  boolean hasMadeUpKey(Object row) {
    return !keys.isEmpty()
        && keys.stream().allMatch(proof -> proof.isPresent() && !proof.get().isReal(row));
  }

  /** Whether the columns of {@code key.columns} hold real values. */
  boolean holdsOverrides(Object row) {
    return overrides.stream().allMatch(proof -> proof.map(each -> each.isReal(row)).orElse(false));
  }

  /** Whether the made-up value is known: of the semantic types in text only for those with "". */
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

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.dlq;

import java.util.Map;
import java.util.Set;

/**
 * The rules that a valid record meets. Tombstones, heartbeats and transaction boundaries are always
 * valid.
 *
 * @param shape valid forms of a change event
 * @param prefix prefix of the metadata of flattened records
 * @param allowedOps operations that may arrive, of those that Debezium has
 * @param keyRequired whether rows and deletes must have a key
 * @param positionRequired whether row events must have a readable {@code source.sequence}
 * @param schemaRequired whether values must have a schema
 * @param requiredFields columns that every row must have, not null; deletes have no row
 * @param fieldTypes types that columns must have if they are present
 * @param maxBytes limit of key and value together as {@link DataSize} counts; 0 for none
 */
public record ChangeRules(
    Shape shape,
    String prefix,
    Set<String> allowedOps,
    boolean keyRequired,
    boolean positionRequired,
    boolean schemaRequired,
    Set<String> requiredFields,
    Map<String, FieldType> fieldTypes,
    long maxBytes) {

  /** The operations of Debezium's envelope. */
  public static final Set<String> KNOWN_OPS = Set.of("c", "u", "d", "r", "t", "m");

  public ChangeRules {
    allowedOps = Set.copyOf(allowedOps);
    requiredFields = Set.copyOf(requiredFields);
    fieldTypes = Map.copyOf(fieldTypes);
  }

  /** Forms of a change event. */
  public enum Shape {
    /** An envelope, or a flattened row that carries metadata in fields or headers. */
    ANY,
    /** Envelopes only. */
    ENVELOPE,
    /** Any struct or map is a row. */
    FLATTENED
  }
}

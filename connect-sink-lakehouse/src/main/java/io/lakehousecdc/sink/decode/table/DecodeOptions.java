// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.table;

import static java.util.Objects.requireNonNull;

/**
 * The options of decoding.
 *
 * @param naming mapping of source tables to target tables
 * @param keys key columns that replace the record key
 * @param fields columns that reach the target
 * @param columnCase the case that the target's columns have
 * @param unavailablePlaceholder {@code unavailable.value.placeholder}, as at the source
 * @param flattenedPrefix {@code add.fields.prefix} and {@code add.headers.prefix} of {@code
 *     ExtractNewRecordState}; may be empty
 */
public record DecodeOptions(
    TableNaming naming,
    KeyOverrides keys,
    FieldFilter fields,
    ColumnCase columnCase,
    String unavailablePlaceholder,
    String flattenedPrefix) {
  /** Debezium's default of {@code unavailable.value.placeholder}. */
  public static final String DEFAULT_PLACEHOLDER = "__debezium_unavailable_value";

  /** The default of {@code add.fields.prefix} and {@code add.headers.prefix}. */
  public static final String DEFAULT_FLATTENED_PREFIX = "__";

  public DecodeOptions {
    requireNonNull(naming, "naming");
    requireNonNull(keys, "keys");
    requireNonNull(fields, "fields");
    requireNonNull(columnCase, "columnCase");
    requireNonNull(flattenedPrefix, "flattenedPrefix");
    if (unavailablePlaceholder == null || unavailablePlaceholder.isEmpty()) {
      throw new IllegalArgumentException(
          "unavailable.value.placeholder is empty. Set it to the source's value (default %s)."
              .formatted(DEFAULT_PLACEHOLDER));
    }
  }

  /** Options that leave the names of columns as they are. */
  public DecodeOptions(
      TableNaming naming,
      KeyOverrides keys,
      FieldFilter fields,
      String unavailablePlaceholder,
      String flattenedPrefix) {
    this(naming, keys, fields, ColumnCase.EXACT, unavailablePlaceholder, flattenedPrefix);
  }

  /** The defaults: names as at the source, record keys as keys, all columns. */
  public static DecodeOptions defaults() {
    return new DecodeOptions(
        TableNaming.parse(TableNaming.DEFAULT_FORMAT, ""),
        KeyOverrides.NONE,
        FieldFilter.ALL,
        DEFAULT_PLACEHOLDER,
        DEFAULT_FLATTENED_PREFIX);
  }
}

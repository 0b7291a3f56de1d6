// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.sql;

import static io.lakehousecdc.sink.postgres.catalog.Identifiers.quote;

import io.lakehousecdc.sink.spi.HistoryOptions.HistoryColumns;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TableOptions.MetadataColumns;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * SQL on the columns by which a table tells versions apart. Immutable.
 *
 * @param metadata columns of the last change that was applied to a version
 * @param history the other ones
 */
public record VersionColumns(MetadataColumns metadata, HistoryColumns history) {
  private static final String MINUS_INFINITY = Long.toString(Long.MIN_VALUE);

  /** Columns of tables that hold versions. */
  public static VersionColumns of(TableOptions options) {
    return new VersionColumns(options.metadata(), options.history().orElseThrow().columns());
  }

  /** Position of the change that has opened the version of a table row. */
  String opened(String table) {
    return "(" + openedParts(table) + ")";
  }

  /** Epoch, commit LSN and LSN of it. */
  String openedParts(String table) {
    return history.opened().stream()
        .map(name -> table + "." + quote(name))
        .collect(Collectors.joining(", "));
  }

  /** Latest versions first, for a query of one key. */
  String latestFirst(String table) {
    return history.opened().stream()
        .map(name -> table + "." + quote(name) + " DESC")
        .collect(Collectors.joining(", "));
  }

  String validFrom(String table) {
    return table + "." + quote(history.validFrom());
  }

  String validTo(String table) {
    return table + "." + quote(history.validTo());
  }

  /** Name of the column that tells the current version, quoted. */
  String isCurrent() {
    return quote(history.current());
  }

  String isCurrent(String table) {
    return table + "." + quote(history.current());
  }

  /** Whether the row itself ended with the version. */
  String isEnded(String table) {
    return "(" + table + "." + quote(metadata.op()) + " IN ('d', 't')) IS TRUE";
  }

  /** Position of the last change applied; that of the first one, where others wrote the row. */
  String applied(String table) {
    return "(" + appliedParts(table) + ")";
  }

  private String appliedParts(String table) {
    return Stream.of(
            otherwise(table, metadata.epoch(), history.epoch()),
            otherwise(table, metadata.commitLsn(), history.commitLsn()),
            otherwise(table, metadata.lsn(), history.lsn()))
        .collect(Collectors.joining(", "));
  }

  private static String otherwise(String table, String name, String other) {
    return "coalesce(" + table + "." + quote(name) + ", " + table + "." + quote(other) + ")";
  }

  /**
   * The values of a {@link io.lakehousecdc.sink.version.Version}: position that opened it, since
   * when and (NULL: current) until when it is valid, position, time and operation of the last
   * change; times in microseconds, {@link Long#MIN_VALUE} for minus infinity.
   */
  String version(String table) {
    return openedParts(table)
        + ", "
        + micros(validFrom(table))
        + ", "
        + micros(validTo(table))
        + ", "
        + appliedParts(table)
        + ", "
        + micros(otherwise(table, metadata.ts(), history.validFrom()))
        + ", coalesce("
        + table
        + "."
        + quote(metadata.op())
        + ", 'r')";
  }

  /** Names of all columns that a {@link SpanTable} tells values of, quoted, in its order. */
  List<String> written() {
    return Stream.of(
            history.validFrom(),
            history.validTo(),
            history.current(),
            metadata.epoch(),
            metadata.commitLsn(),
            metadata.lsn(),
            metadata.ts(),
            metadata.op())
        .map(name -> quote(name))
        .toList();
  }

  private static String micros(String time) {
    return "CASE WHEN isfinite("
        + time
        + ") THEN round(extract(epoch FROM "
        + time
        + ") * 1000000)::bigint WHEN "
        + time
        + " IS NOT NULL THEN ("
        + MINUS_INFINITY
        + ")::bigint END";
  }
}

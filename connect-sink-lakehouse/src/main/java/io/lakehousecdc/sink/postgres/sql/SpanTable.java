// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.sql;

import java.util.List;

/**
 * The temporary table of what becomes of versions, emptied when a transaction ends. A row is named
 * by the number {@code _n} of a staged change of its key in the {@link StagingTable} number {@code
 * _w} and by the position that opened it ({@code _e}, {@code _c}, {@code _l}). {@code _k} tells
 * what is to be done ({@link Kind}), {@code _v} the change whose values a version has, {@code _u}
 * the one whose values it takes in place (both -1 for none), {@code _se}, {@code _sc}, {@code _sl}
 * the stored version that lends values, the other columns what the version is. Stateless.
 */
public final class SpanTable {
  private SpanTable() {}

  /** What becomes of a version. The ordinal is stored. */
  public enum Kind {
    /** It is no version any more. */
    REMOVED,
    /** Its bounds move. */
    MOVED,
    /** It is new. */
    NEW
  }

  /** Name of the table. */
  public static final String SQL = "pg_temp._cdc_spans";

  /** Creates the table. Its columns are of fixed length, so that it has no TOAST table. */
  public static final String CREATE =
      "CREATE TEMPORARY TABLE IF NOT EXISTS _cdc_spans (_w integer, _n integer, _k smallint,"
          + " _e integer, _c bigint, _l bigint, _v integer, _u integer, _se integer, _sc bigint,"
          + " _sl bigint, _from timestamptz, _to timestamptz, _current boolean, _ae integer,"
          + " _ac bigint, _al bigint, _at timestamptz, _op \"char\") ON COMMIT DELETE ROWS";

  /** Number of its columns. */
  public static final int COLUMNS = 19;

  /** COPY into the table. */
  public static final String COPY = "COPY " + SQL + " FROM STDIN (FORMAT binary)";

  /** Values for {@link VersionColumns#written}, of the row {@code a}. */
  static final List<String> VALUES =
      List.of("a._from", "a._to", "a._current", "a._ae", "a._ac", "a._al", "a._at", "a._op::text");
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.catalog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the catalogue says of how a whole table can be worked on. Immutable.
 *
 * @param bytes size of the table with its TOAST and partitions, without indexes
 * @param key columns of a unique index, one without NULLs if possible, by which the table can be
 *     taken range by range; empty where it has none
 * @param referenced whether a foreign key points to it, also one of its own
 * @param referencing whether it has a foreign key
 * @param truncatable whether TRUNCATE does what a delete of all rows would: there is no trigger,
 *     rule or publication that would miss the deletes, and the user may
 */
public record TableTraits(
    long bytes, List<KeyColumn> key, boolean referenced, boolean referencing, boolean truncatable) {

  /**
   * A column of the key.
   *
   * @param sql its name, quoted
   * @param type its type, for casts
   * @param nullable whether it may be NULL
   */
  public record KeyColumn(String sql, String type, boolean nullable) {}

  private static final String SIZE =
      """
      SELECT pg_table_size(c.oid) + (SELECT coalesce(sum(pg_table_size(p.relid)), 0)
          FROM pg_partition_tree(c.oid) p WHERE p.relid <> c.oid)::int8,
        EXISTS (SELECT 1 FROM pg_constraint f WHERE f.contype = 'f' AND f.confrelid = c.oid),
        EXISTS (SELECT 1 FROM pg_constraint f WHERE f.contype = 'f' AND f.conrelid = c.oid),
        c.relkind = 'r' AND NOT c.relhassubclass AND NOT c.relhasrules
          AND has_table_privilege(c.oid, 'TRUNCATE')
          AND NOT EXISTS (SELECT 1 FROM pg_trigger g WHERE g.tgrelid = c.oid
            AND NOT g.tgisinternal AND g.tgtype & 40 <> 0)
          AND NOT EXISTS (SELECT 1 FROM pg_publication_tables u
            WHERE u.schemaname = n.nspname AND u.tablename = c.relname)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = ?::int8::oid""";

  private static final String KEY =
      """
      SELECT a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull
      FROM (SELECT i.indrelid, (i.indkey::int2[])[0:i.indnkeyatts - 1] AS attnums FROM pg_index i
          WHERE i.indrelid = ?::int8::oid AND i.indisunique AND i.indisvalid
            AND i.indpred IS NULL AND i.indexprs IS NULL
          ORDER BY EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = i.indrelid
              AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]) AND NOT a.attnotnull),
            i.indisprimary DESC, i.indnkeyatts, i.indexrelid LIMIT 1) x
        CROSS JOIN LATERAL unnest(x.attnums) WITH ORDINALITY AS k(attnum, place)
        JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.attnum
      ORDER BY k.place""";

  /** Whether no other table's rows depend on its own, nor they on others. */
  public boolean standsAlone() {
    return !referenced && !referencing;
  }

  /** Reads those of a table. */
  public static TableTraits read(Connection connection, PgTable table) throws SQLException {
    List<KeyColumn> key = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(KEY)) {
      query.setLong(1, Integer.toUnsignedLong(table.oid()));
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          key.add(
              new KeyColumn(
                  Identifiers.quote(row.getString(1)), row.getString(2), row.getBoolean(3)));
        }
      }
    }
    try (PreparedStatement query = connection.prepareStatement(SIZE)) {
      query.setLong(1, Integer.toUnsignedLong(table.oid()));
      try (ResultSet row = query.executeQuery()) {
        return row.next()
            ? new TableTraits(
                row.getLong(1), key, row.getBoolean(2), row.getBoolean(3), row.getBoolean(4))
            : new TableTraits(0, key, false, false, false);
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.catalog;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.postgres.catalog.PgTable.UniqueIndex;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The system catalogue of tables and types, by a connection. Not thread-safe. */
public final class Catalog {
  private static final String TABLE =
      """
      SELECT c.oid::int8, c.relkind::text, coalesce(obj_description(c.oid, 'pg_class'), '')
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = ? AND c.relname = ?""";

  private static final String COLUMNS =
      """
      SELECT a.attname, a.atttypid::int8, a.atttypmod, a.attnotnull,
        CASE WHEN a.attidentity <> '' THEN format('nextval(%L::regclass)',
            pg_get_serial_sequence(a.attrelid::regclass::text, a.attname))
          WHEN a.attgenerated = '' THEN coalesce(pg_get_expr(d.adbin, d.adrelid), '')
          ELSE '' END,
        a.attgenerated <> '', a.attidentity = 'a',
        CASE WHEN a.attcollation <> t.typcollation
          THEN (SELECT format('%I.%I', n.nspname, l.collname) FROM pg_collation l
            JOIN pg_namespace n ON n.oid = l.collnamespace WHERE l.oid = a.attcollation)
          ELSE '' END
      FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE a.attrelid = ?::int8::oid AND a.attnum > 0 AND NOT a.attisdropped
      ORDER BY a.attnum""";

  private static final String UNIQUE_INDEXES =
      """
      SELECT c.relname, array_agg(a.attname::text)
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        CROSS JOIN LATERAL unnest(i.indkey[0:i.indnkeyatts - 1]) AS k(attnum)
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
      WHERE i.indrelid = ?::int8::oid AND i.indisunique AND i.indisvalid AND i.indimmediate
        AND i.indpred IS NULL AND i.indexprs IS NULL
      GROUP BY c.relname""";

  private static final String FOREIGN_KEYS =
      """
      SELECT conrelid = t.oid AS child, confrelid::int8, confdeltype NOT IN ('a', 'r'),
        confdeltype = 'c'
      FROM pg_constraint, (SELECT ?::int8::oid AS oid) t
      WHERE contype = 'f' AND (conrelid = t.oid OR confrelid = t.oid)""";

  private static final String TYPE =
      """
      SELECT t.typname, format_type(t.oid, -1), t.typtype = 'd', t.typbasetype::int8, t.typtypmod,
        CASE WHEN t.typcategory = 'A' AND t.typlen = -1 THEN t.typelem::int8 ELSE 0 END
      FROM pg_type t WHERE t.oid = ?::int8::oid""";

  private final Connection connection;
  private final Map<List<Integer>, PgType> types = new HashMap<>();

  public Catalog(Connection connection) {
    this.connection = connection;
  }

  /** Reads a table; empty where there is none of that name. */
  public Optional<PgTable> table(TableId id) throws SQLException {
    int oid;
    boolean created;
    try (PreparedStatement query = connection.prepareStatement(TABLE)) {
      query.setString(1, id.schema());
      query.setString(2, id.name());
      try (ResultSet found = query.executeQuery()) {
        if (!found.next()) {
          return Optional.empty();
        }
        oid = (int) found.getLong(1);
        created = found.getString(3).contains(PgTable.COMMENT);
        String relkind = found.getString(2);
        if (!relkind.equals("r") && !relkind.equals("p")) {
          throw new FatalException(
              "Table "
                  + id
                  + " is no ordinary or partitioned table (relkind "
                  + relkind
                  + "). Map the topic to another name with table.name.map, or drop it.");
        }
      }
    }
    ForeignKeys keys = foreignKeys(oid);
    return Optional.of(
        new PgTable(
            id,
            oid,
            columns(oid),
            uniqueIndexes(oid),
            keys.parents(),
            keys.cascades(),
            keys.cascaded(),
            created));
  }

  /** Whether there is a schema of that name. */
  public boolean hasSchema(String name) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("SELECT 1 FROM pg_namespace WHERE nspname = ?")) {
      query.setString(1, name);
      return query.executeQuery().next();
    }
  }

  /**
   * Name for DDL of the type that a user or an extension calls {@code name}; empty where unknown.
   */
  Optional<String> typeNamed(String name) throws SQLException {
    String sql =
        """
        SELECT format_type(t.oid, -1) FROM pg_type t
        WHERE t.typname = ? AND t.typtype NOT IN ('p') AND pg_type_is_visible(t.oid)""";
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setString(1, name);
      try (ResultSet found = query.executeQuery()) {
        return found.next() ? Optional.of(found.getString(1)) : Optional.empty();
      }
    }
  }

  /**
   * Definitions of everything that keeps columns of a table unique, for messages, such as {@code
   * PRIMARY KEY (id) DEFERRABLE}; the primary key comes first.
   */
  public List<String> uniqueDefinitions(PgTable table) throws SQLException {
    String sql =
        """
        SELECT coalesce(pg_get_constraintdef(k.oid), pg_get_indexdef(i.indexrelid))
          || CASE WHEN i.indisvalid THEN '' ELSE ' (invalid)' END
        FROM pg_index i LEFT JOIN pg_constraint k
          ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u')
        WHERE i.indrelid = ?::int8::oid AND i.indisunique
        ORDER BY NOT i.indisprimary, 1""";
    return texts(sql, table);
  }

  /** The primary key of a table, deferrable or not. */
  public Optional<UniqueIndex> primaryKey(PgTable table) throws SQLException {
    String name =
        """
        SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE i.indrelid = ?::int8::oid AND i.indisprimary""";
    String columns =
        """
        SELECT a.attname FROM pg_index i
          CROSS JOIN LATERAL unnest(i.indkey[0:i.indnkeyatts - 1]) AS k(attnum)
          JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
        WHERE i.indrelid = ?::int8::oid AND i.indisprimary""";
    List<String> found = texts(name, table);
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of(new UniqueIndex(found.get(0), Set.copyOf(texts(columns, table))));
  }

  /**
   * The constraint that keeps just these columns of a table unique when a transaction ends, if
   * there is one, and not before.
   */
  public Optional<Deferrable> deferrable(PgTable table, Set<String> columns) throws SQLException {
    String sql =
        """
        SELECT k.conname, k.contype = 'p', array_agg(a.attname::text)
        FROM pg_constraint k
          JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)
        WHERE k.conrelid = ?::int8::oid AND k.contype IN ('p', 'u') AND k.condeferrable
        GROUP BY k.conname, k.contype ORDER BY 1""";
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setLong(1, Integer.toUnsignedLong(table.oid()));
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          String[] names = (String[]) row.getArray(3).getArray();
          if (Set.of(names).equals(columns)) {
            return Optional.of(new Deferrable(row.getString(1), row.getBoolean(2)));
          }
        }
      }
    }
    return Optional.empty();
  }

  /** A deferrable constraint, which is the primary key or another. */
  public record Deferrable(String name, boolean primary) {}

  /** Columns that a table is partitioned by, empty text for an expression; none where it is not. */
  public List<String> partitionColumns(PgTable table) throws SQLException {
    String sql =
        """
        SELECT coalesce(a.attname, '') FROM pg_partitioned_table p
          CROSS JOIN LATERAL unnest(p.partattrs::int2[]) AS k(attnum)
          LEFT JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = k.attnum
        WHERE p.partrelid = ?::int8::oid ORDER BY a.attnum""";
    return texts(sql, table);
  }

  /** Names of all unique indexes of a table, also of partial, deferrable and expressions'. */
  List<String> uniqueIndexNames(PgTable table) throws SQLException {
    String sql =
        """
        SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE i.indrelid = ?::int8::oid AND i.indisunique AND i.indisvalid ORDER BY 1""";
    return texts(sql, table);
  }

  private List<String> texts(String sql, PgTable table) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setLong(1, Integer.toUnsignedLong(table.oid()));
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          texts.add(row.getString(1));
        }
      }
    }
    return texts;
  }

  private List<PgColumn> columns(int oid) throws SQLException {
    List<PgColumn> columns = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(COLUMNS)) {
      query.setLong(1, Integer.toUnsignedLong(oid));
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          columns.add(
              new PgColumn(
                  row.getString(1),
                  type((int) row.getLong(2), row.getInt(3)),
                  row.getString(8),
                  row.getBoolean(4),
                  row.getString(5),
                  row.getBoolean(6),
                  row.getBoolean(7)));
        }
      }
    }
    return columns;
  }

  private List<UniqueIndex> uniqueIndexes(int oid) throws SQLException {
    List<UniqueIndex> indexes = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(UNIQUE_INDEXES)) {
      query.setLong(1, Integer.toUnsignedLong(oid));
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          String[] names = (String[]) row.getArray(2).getArray();
          indexes.add(new UniqueIndex(row.getString(1), new HashSet<>(Arrays.asList(names))));
        }
      }
    }
    return indexes;
  }

  /** What foreign keys of a table and to it tell; see {@link PgTable}. */
  private record ForeignKeys(Set<Integer> parents, boolean cascades, boolean cascaded) {}

  private ForeignKeys foreignKeys(int oid) throws SQLException {
    Set<Integer> parents = new HashSet<>();
    boolean cascades = false;
    boolean cascaded = false;
    try (PreparedStatement query = connection.prepareStatement(FOREIGN_KEYS)) {
      query.setLong(1, Integer.toUnsignedLong(oid));
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          int parent = (int) row.getLong(2);
          if (row.getBoolean(1)) {
            parents.add(parent);
            cascaded |= row.getBoolean(4);
          }
          cascades |= parent == oid && row.getBoolean(3);
        }
      }
    }
    return new ForeignKeys(parents, cascades, cascaded);
  }

  private PgType type(int oid, int modifier) throws SQLException {
    PgType known = types.get(List.of(oid, modifier));
    if (known != null) {
      return known;
    }
    PgType type;
    try (PreparedStatement query = connection.prepareStatement(TYPE)) {
      query.setLong(1, Integer.toUnsignedLong(oid));
      try (ResultSet row = query.executeQuery()) {
        row.next();
        if (row.getBoolean(3)) {
          type = type((int) row.getLong(4), row.getInt(5));
        } else {
          int element = (int) row.getLong(6);
          type =
              new PgType(
                  oid,
                  row.getString(1),
                  row.getString(2),
                  modifier,
                  element == 0 ? null : type(element, modifier));
        }
      }
    }
    types.put(List.of(oid, modifier), type);
    return type;
  }
}

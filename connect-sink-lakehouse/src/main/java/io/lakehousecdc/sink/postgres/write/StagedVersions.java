// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.TableBatch;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowChange.FormerRow;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.sql.VersionQueries;
import io.lakehousecdc.sink.version.StoredVersions;
import io.lakehousecdc.sink.version.Version;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The stored versions of the keys of a staged batch, read at once. Immutable. */
final class StagedVersions implements StoredVersions {
  private final Map<RowKey, List<Version>> versions;
  private final BitSet unchanged;
  private final BitSet lent;

  private StagedVersions(Map<RowKey, List<Version>> versions, BitSet unchanged, BitSet lent) {
    this.versions = versions;
    this.unchanged = unchanged;
    this.lent = lent;
  }

  /**
   * Reads the versions of the staged keys, in order.
   *
   * @param batch what is staged, in the order in which it is numbered
   */
  static Map<RowKey, List<Version>> versions(
      Session session, VersionQueries queries, TableBatch batch) throws SQLException {
    Map<RowKey, List<Version>> versions = new HashMap<>();
    try (PreparedStatement query = session.connection().prepareStatement(queries.stored());
        ResultSet row = query.executeQuery()) {
      while (row.next()) {
        RowKey key = batch.changes().get(row.getInt(1)).key();
        versions.computeIfAbsent(key, each -> new ArrayList<>(2)).add(version(row));
      }
    }
    versions.values().forEach(each -> each.sort(Comparator.comparing(Version::opened)));
    return versions;
  }

  /**
   * Reads what else is to know of the versions.
   *
   * @param batch what is staged, in the order in which it is numbered
   * @param tracked indexes of the columns whose values make versions
   */
  static StagedVersions read(
      Session session,
      VersionQueries queries,
      TableBatch batch,
      Map<RowKey, List<Version>> versions,
      Set<Integer> tracked)
      throws SQLException {
    boolean compares =
        !versions.isEmpty()
            && batch.changes().stream()
                .anyMatch(each -> each.info().operation() != Operation.CREATE);
    boolean moves = batch.changes().stream().anyMatch(each -> each.formerRow() != null);
    return new StagedVersions(
        versions,
        compares ? session.numbers(queries.unchanged(tracked)) : new BitSet(),
        moves ? session.numbers(queries.lent()) : new BitSet());
  }

  private static Version version(ResultSet row) throws SQLException {
    long to = row.getLong(6);
    boolean current = row.wasNull();
    return new Version(
        new Position(row.getInt(2), row.getLong(3), row.getLong(4)),
        row.getLong(5),
        current ? Version.OPEN : to,
        new Position(row.getInt(7), row.getLong(8), row.getLong(9)),
        row.getLong(10),
        row.getString(11));
  }

  @Override
  public List<Version> of(RowKey key) {
    return versions.getOrDefault(key, List.of());
  }

  @Override
  public boolean isSame(int number, Version stored) {
    return unchanged.get(number);
  }

  @Override
  public boolean lends(int number, FormerRow former) {
    return lent.get(number);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowChange.ConditionalChange;
import io.lakehousecdc.sink.change.StoredRowState;
import io.lakehousecdc.sink.postgres.codec.CopyBuffer;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.sql.SharedKeySql;
import io.lakehousecdc.sink.postgres.sql.StagedRowKind;
import io.lakehousecdc.sink.postgres.sql.StagingTable;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The treatment of keys that two rows of the source share while a transaction lasts, which a
 * deferrable constraint permits: what is staged of their changes, and what the stored rows make of
 * them. Not thread-safe.
 */
final class SharedKeys {
  private final Session session;
  private final StagingTable staging;

  SharedKeys(Session session, StagingTable staging) {
    this.session = session;
    this.staging = staging;
  }

  /**
   * Encodes the staged column {@code _a}: the LSN of the create with which the changes of the key
   * begin, where another row may have had the key then.
   */
  static void encodeCreate(RowChange change, CopyBuffer out) {
    if (change instanceof RowChange.Upsert upsert && upsert.createdAt() != null) {
      out.int32(8).int64(upsert.createdAt().lsn());
    } else {
      out.nullField();
    }
  }

  /**
   * What staged changes of the kind {@link StagedRowKind#CONDITIONAL} come to, given the rows that
   * are stored, which are locked: ordinary changes, by number.
   *
   * @param changes the changes of the batch, by number
   * @param floors changes below them are void, and so are stored rows
   */
  Map<Integer, RowChange> resolved(List<RowChange> changes, Floors floors) throws SQLException {
    Map<Integer, StoredRowState> stored = storedStates(floors);
    Map<Integer, RowChange> resolved = new HashMap<>();
    for (int number = 0; number < changes.size(); number++) {
      if (changes.get(number) instanceof ConditionalChange change && !floors.cover(change.info())) {
        StoredRowState state = stored.getOrDefault(number, StoredRowState.NONE);
        resolved.put(number, change.settle(state, staging.plan().schema().size()));
      }
    }
    return resolved;
  }

  private Map<Integer, StoredRowState> storedStates(Floors floors) throws SQLException {
    Map<Integer, StoredRowState> states = new HashMap<>();
    String sql = new SharedKeySql(staging.plan()).storedStates(staging, floors.all());
    try (PreparedStatement query = session.connection().prepareStatement(sql);
        ResultSet row = query.executeQuery()) {
      while (row.next()) {
        states.put(row.getInt(1), state(row));
      }
    }
    return states;
  }

  private static StoredRowState state(ResultSet row) throws SQLException {
    Position position = new Position(row.getInt(2), row.getLong(3), row.getLong(4));
    boolean positioned = row.getBoolean(5);
    return new StoredRowState(positioned ? position : null, row.getString(6), row.getBoolean(7));
  }
}

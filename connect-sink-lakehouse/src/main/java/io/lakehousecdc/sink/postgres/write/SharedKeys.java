// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.PassedKeys;
import io.lakehousecdc.sink.change.RowChange;
import io.lakehousecdc.sink.change.RowChange.ConditionalChange;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.StoredRowState;
import io.lakehousecdc.sink.postgres.codec.CopyBuffer;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.sql.RowNumbers;
import io.lakehousecdc.sink.postgres.sql.SharedKeySql;
import io.lakehousecdc.sink.postgres.sql.StagedRowKind;
import io.lakehousecdc.sink.postgres.sql.StagingTable;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

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
   * What staged changes come to that depend on the stored rows: those of the kind {@link
   * StagedRowKind#CONDITIONAL}, and moved rows that have passed through a key. The stored rows are
   * locked.
   *
   * @param changes the changes of the batch, by number
   * @param floors changes below them are void, and so are stored rows
   * @return ordinary changes, by number
   */
  Map<Integer, RowChange> resolved(List<RowChange> changes, Floors floors) throws SQLException {
    Set<RowKey> passed = PassedKeys.of(changes);
    Map<Integer, StoredRowState> stored = storedStates(numbers(changes, passed), floors);
    Map<RowKey, StoredRowState> byKey = new HashMap<>();
    stored.forEach((number, state) -> byKey.put(changes.get(number).key(), state));
    Map<Integer, RowChange> resolved = new HashMap<>();
    for (int number = 0; number < changes.size(); number++) {
      RowChange change = changes.get(number);
      RowChange settled =
          PassedKeys.settled(
              change, former -> byKey.getOrDefault(former.key(), StoredRowState.NONE));
      if (settled instanceof ConditionalChange conditional) {
        StoredRowState state = stored.getOrDefault(number, StoredRowState.NONE);
        settled = conditional.settle(state, staging.plan().schema().size());
      }
      if (settled != change && !floors.cover(change.info())) {
        resolved.put(number, settled);
      }
    }
    return resolved;
  }

  private static List<Integer> numbers(List<RowChange> changes, Set<RowKey> passed) {
    return IntStream.range(0, changes.size())
        .filter(
            number ->
                changes.get(number) instanceof ConditionalChange
                    || passed.contains(changes.get(number).key()))
        .boxed()
        .toList();
  }

  private Map<Integer, StoredRowState> storedStates(List<Integer> numbers, Floors floors)
      throws SQLException {
    Map<Integer, StoredRowState> states = new HashMap<>();
    String sql =
        new SharedKeySql(staging.plan())
            .storedStates(staging, new RowNumbers(numbers), floors.all());
    try (Statement query = session.connection().createStatement();
        ResultSet row = query.executeQuery(sql)) {
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

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.batch.BatchBuilder;
import io.lakehousecdc.sink.batch.TransactionVisibility;
import io.lakehousecdc.sink.change.Cell;
import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.ChangeInfo.Delivery;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RowKey;

/**
 * A change of a row of {@link Warehouse#ITEM}. One that moves the row to another key is a delete
 * and a create at one position.
 *
 * @param transaction commit LSN; also the time of the commit, in seconds
 * @param from key that the row leaves; 0 where it leaves none
 * @param to key that the row has then; 0 where it is gone
 * @param note a value, or {@link Cell#UNCHANGED}
 */
public record KeyEvent(
    Operation operation, long transaction, long lsn, int from, int to, String name, Object note) {

  public static KeyEvent insert(long transaction, long lsn, int id, String name) {
    return new KeyEvent(Operation.CREATE, transaction, lsn, 0, id, name, "of " + name);
  }

  /** The row has another key; its note is unchanged. */
  public static KeyEvent move(long transaction, long lsn, int from, int to, String name) {
    return new KeyEvent(Operation.CREATE, transaction, lsn, from, to, name, Cell.UNCHANGED);
  }

  public static KeyEvent update(long transaction, long lsn, int id, String name, Object note) {
    return new KeyEvent(Operation.UPDATE, transaction, lsn, 0, id, name, note);
  }

  public static KeyEvent delete(long transaction, long lsn, int id) {
    return new KeyEvent(Operation.DELETE, transaction, lsn, id, 0, null, null);
  }

  /** The part of a move that is left where deletes are ignored. */
  KeyEvent arrival() {
    return new KeyEvent(operation, transaction, lsn, 0, to, name, note);
  }

  /** Hands the change to a builder, as a task does. */
  public void addTo(BatchBuilder builder, Delivery delivery, TransactionVisibility visibility) {
    if (from != 0) {
      ChangeInfo deleted = info(Operation.DELETE, delivery);
      builder.delete(Warehouse.ITEM, RowKey.of(from), null, deleted, visibility);
    }
    if (to != 0) {
      Object[] cells = {to, name, note, 1L};
      builder.upsert(Warehouse.ITEM, RowKey.of(to), cells, info(operation, delivery), visibility);
    }
  }

  ChangeInfo info(Operation as, Delivery delivery) {
    return new ChangeInfo(as, new Position(0, transaction, lsn), transaction * 1_000_000, delivery);
  }
}

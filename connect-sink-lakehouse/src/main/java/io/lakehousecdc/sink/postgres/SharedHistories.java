// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.sink.error.OutdatedHistoriesException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.postgres.store.HistoryStore;
import io.lakehousecdc.sink.postgres.store.OffsetStore;
import io.lakehousecdc.sink.spi.CarriedOver;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * The histories that all tasks of a connector agree on. Commits that change none run side by side;
 * one that does runs alone. Not thread-safe.
 */
final class SharedHistories {
  private final HistoryStore store;
  private final OffsetStore offsets;

  /** As last read or committed by this task; only a hint whether a commit will change them. */
  private Histories agreed = Histories.NONE;

  SharedHistories(HistoryStore store, OffsetStore offsets) {
    this.store = store;
    this.offsets = offsets;
  }

  /** What is stored, or follows from what version 0.1 has stored. */
  Histories read(Connection connection) throws SQLException {
    agreed = store.read(connection);
    return agreed.equals(Histories.NONE)
        ? CarriedOver.histories(offsets.states(connection).values())
        : agreed;
  }

  /**
   * The first step of a commit's transaction: makes sure that nothing is stored which the commit
   * does not know, until the transaction ends, and stores what it knows.
   *
   * @throws OutdatedHistoriesException something is
   */
  void agreeOn(Connection connection, Histories known) throws SQLException {
    boolean unchanged = known.equals(agreed);
    Histories stored = unchanged ? store.readShared(connection) : store.readExclusively(connection);
    requireIncluded(stored, known);
    if (!unchanged) {
      store.write(connection, known.union(stored));
    } else {
      requireKept(stored, known);
    }
  }

  /**
   * Makes sure that nothing is stored which a commit does not know, and that what it knows is
   * stored, at this moment: others may add to it. For transactions that may take long, while those
   * who add wait for nobody, and nobody waits for them.
   *
   * @throws OutdatedHistoriesException something is stored that is not known
   */
  void check(Connection connection, Histories known) throws SQLException {
    Histories stored = store.read(connection);
    requireIncluded(stored, known);
    requireKept(stored, known);
  }

  private void requireIncluded(Histories stored, Histories known) {
    if (!known.include(stored)) {
      throw new OutdatedHistoriesException(
          "Table "
              + store.table()
              + " holds histories of sources that this task has not heard of. Stored are "
              + stored
              + ", known were "
              + known
              + ". The task reads its records again, to place them in the right one.");
    }
  }

  private void requireKept(Histories stored, Histories known) {
    if (!stored.all().equals(known.all())) {
      agreed = Histories.NONE;
      throw new RetriableException(
          "Table " + store.table() + ": rows of this connector are gone; they are written anew.");
    }
  }

  /** Whether, as far as is known here, these are stored, so that a commit need not change them. */
  boolean isAgreed(Histories known) {
    return known.equals(agreed);
  }

  /** After the commit: what {@link #agreeOn} was called with is stored. */
  void agreedOn(Histories known) {
    agreed = known;
  }
}

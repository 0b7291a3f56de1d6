// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import io.lakehousecdc.sink.postgres.catalog.Identifiers;
import io.lakehousecdc.tools.reconcile.ReadSession.Moment;
import io.lakehousecdc.tools.reconcile.TableProgress.Stage;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.Collection;
import java.util.Map;

/** The rows of a table at the source, each call as of one moment. For one thread. */
final class SourceRows {
  /** A row that is written again is another one, even with the same values. */
  private static final String VERSION = "concat_ws('/', t.xmin, t.ctid)";

  private final ReadSession session;
  private final PostgresRows rows;

  SourceRows(ReadSession session, TablePair pair, Pace pace) {
    this.session = session;
    this.rows =
        new PostgresRows(
            session,
            Identifiers.qualified(pair.source()),
            RowSql.ofSource(pair),
            "true",
            VERSION,
            pace);
  }

  long estimate() throws SQLException {
    return rows.estimate();
  }

  /** What goes on while the source's rows stay as they are. */
  @FunctionalInterface
  interface Meanwhile {
    /** Keys of rows that are to be taken out of the buckets again. */
    Collection<Key> moved(Moment moment) throws Exception;
  }

  /**
   * Adds up the rows of one moment.
   *
   * @param meanwhile runs after that, while the moment still lasts
   */
  void sum(Buckets buckets, TableProgress progress, Meanwhile meanwhile) throws Exception {
    Moment moment = session.begin();
    try {
      rows.sum(buckets, "true", progress, Stage.SOURCE);
      rows.subtract(meanwhile.moved(moment), buckets);
    } finally {
      session.end();
    }
  }

  Map<Key, Long> list(BitSet buckets, int count) throws SQLException {
    session.begin();
    try {
      return rows.list(buckets, count);
    } finally {
      session.end();
    }
  }

  /**
   * Rows of some keys.
   *
   * @param lsn up to which, at most, commits are seen
   */
  record Seen(Map<Key, Look> rows, long lsn) {}

  Seen look(Collection<Key> keys) throws SQLException {
    Moment moment = session.begin();
    try {
      return new Seen(rows.look(keys), moment.lsn());
    } finally {
      session.end();
    }
  }
}

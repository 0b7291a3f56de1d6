// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import io.lakehousecdc.sink.postgres.catalog.Identifiers;
import io.lakehousecdc.tools.reconcile.ReadSession.Moment;
import io.lakehousecdc.tools.reconcile.TableProgress.Stage;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.Collection;
import java.util.Map;

/** The rows of a table at the source, each call as of one moment. For one thread at a time. */
final class SourceRows {
  /** A row that is written again is another one, even with the same values. */
  private static final String VERSION = "concat_ws('/', t.xmin, t.ctid)";

  private final ReadSession session;
  private static final String NONE = "false";

  private final PostgresRows rows;
  private final PostgresKeys keyed;

  SourceRows(ReadSession session, TablePair pair, Pace pace) {
    String table = Identifiers.qualified(pair.source());
    RowSql sql = RowSql.ofSource(pair);
    this.session = session;
    this.rows = new PostgresRows(session, table, sql, "true", pace);
    this.keyed = new PostgresKeys(session, table, sql, "true", VERSION);
  }

  long estimate() throws SQLException {
    return rows.estimate();
  }

  /** What goes on while the source's rows are added up. */
  @FunctionalInterface
  interface Meanwhile {
    /** Keys of rows that are to be taken out of the buckets again. */
    Collection<Key> moved(Moment moment) throws Exception;
  }

  /**
   * Adds up the rows of one moment.
   *
   * @param meanwhile runs beside that, in the calling thread
   * @return number of rows, with those that are taken out again
   */
  long sum(Buckets buckets, TableProgress progress, Meanwhile meanwhile) throws Exception {
    Moment moment = session.begin();
    try {
      Collection<Key> moved =
          new Together(() -> rows.sum(buckets, NONE, progress, Stage.SOURCE))
              .with(() -> meanwhile.moved(moment));
      long all = buckets.rows();
      keyed.subtract(moved, buckets);
      return all;
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
      return new Seen(keyed.look(keys), moment.lsn());
    } finally {
      session.end();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.postgres.session.Session;
import io.lakehousecdc.sink.postgres.sql.KeyRanges;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Work on all rows of a table, range by range of its key, each in a transaction of its own: so none
 * is long, what is done stays done if the process dies, and whoever waits for a lock gets it soon.
 * Statements have no timeout. For one thread.
 */
public final class RangeWork {
  /** Rows of a range: a transaction takes about a tenth of a second. */
  private static final int ROWS = 20_000;

  private final KeyRanges ranges;
  private final Progress.Work progress;

  public RangeWork(KeyRanges ranges, Progress.Work progress) {
    this.ranges = ranges;
    this.progress = progress;
  }

  /** A way to run a transaction, with all that has to hold for it. */
  public interface Transactions {
    /** Runs the work in a transaction and commits it. */
    List<String> run(Work work);
  }

  /** Work within a transaction; gives the end of its range. */
  public interface Work {
    List<String> run(Session session) throws SQLException;
  }

  /** Gives the statement for a range. */
  public interface Statement {
    /**
     * @param range condition of the range, to be added to those of the statement
     */
    String sql(String range);
  }

  /**
   * Runs a statement on all ranges.
   *
   * @return number of rows that it changed
   * @throws RetriableException the thread was interrupted, or a transaction failed for now; made
   *     progress where others before it have changed rows
   */
  public long run(Statement statement, Transactions transactions) {
    long[] rows = {0};
    List<String> after = List.of();
    do {
      if (Thread.currentThread().isInterrupted()) {
        throw new RetriableException("Table " + ranges.table().id() + ": interrupted.");
      }
      List<String> begin = after;
      long before = rows[0];
      after = committed(transactions, before, s -> range(s, begin, statement, rows));
      progress.changed(rows[0] - before);
    } while (!after.isEmpty());
    if (ranges.outside().isPresent()) {
      long before = rows[0];
      String sql = statement.sql(ranges.outside().get());
      committed(transactions, before, session -> outside(session, sql, rows));
      progress.changed(rows[0] - before);
    }
    return rows[0];
  }

  private static List<String> committed(Transactions transactions, long before, Work work) {
    try {
      return transactions.run(work);
    } catch (RetriableException e) {
      throw before > 0 ? e.afterProgress() : e;
    }
  }

  private static List<String> outside(Session session, String sql, long[] rows)
      throws SQLException {
    rows[0] += session.scanning(() -> session.update(sql));
    return List.of();
  }

  private List<String> range(Session session, List<String> begin, Statement statement, long[] rows)
      throws SQLException {
    List<String> end = new ArrayList<>();
    rows[0] +=
        session.unbounded(
            () -> {
              end.addAll(session.texts(ranges.end(begin, ROWS)));
              return session.update(statement.sql(ranges.within(begin, end)));
            });
    return end;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.erase;

import io.lakehousecdc.tools.UsageException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/** A target in which one key of one table is looked for and erased. For one thread. */
interface TargetErasure extends AutoCloseable {

  /** Looks everywhere; changes nothing. */
  Search search() throws SQLException, IOException;

  /**
   * Removes what the last search found, at once. What a running sink brings meanwhile is found by
   * the next search.
   *
   * @return what could not be removed, with reasons
   */
  List<Finding> erase() throws SQLException, IOException;

  /** Writes a run into the table of erasures, or what has become of it. */
  void record(Evidence run) throws SQLException;

  /** Version up to which a Delta table's log shows what was erased; -1 for none. */
  default long pendingLog() {
    return -1;
  }

  @Override
  void close();

  /**
   * Opens the target of the subject's sink.
   *
   * @throws UsageException it is none of those that rows can be erased from
   */
  static TargetErasure open(Subject subject, PostgresOptions postgres, ErasureOptions options)
      throws SQLException, IOException {
    return switch (subject.sink().target()) {
      case "postgres" -> PostgresErasure.open(subject, postgres, options);
      case "delta" -> DeltaErasure.open(subject, options);
      default ->
          throw new UsageException(
              "Rows of the target " + subject.sink().target() + " cannot be erased.");
    };
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.removal;

import io.lakehousecdc.sink.ConfiguredSink;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.tools.UsageException;
import java.sql.SQLException;
import java.util.Collection;

/**
 * Removes rows of one table of a target by key, beside a sink that goes on writing to it: as any
 * other writer does, in short transactions or commits of its own. Removing what was removed before
 * does nothing. For one thread at a time.
 */
public interface RowRemover extends AutoCloseable {

  /**
   * Removes rows. Those of one call are removed in one or several commits: after a failure some of
   * them may be gone.
   *
   * @throws UsageException the table has no such key, or a text is no value of its column
   * @throws io.lakehousecdc.sink.error.TargetException the target failed, or other writers kept
   *     coming first
   */
  Removed remove(Collection<RemovableRow> rows) throws SQLException;

  @Override
  void close();

  /**
   * Opens a table of the target that a configuration names.
   *
   * @param table name of the table in the target; a schema that is empty is the target's default
   * @throws UsageException there is no such table
   * @throws SQLException the server cannot be reached
   */
  static RowRemover open(ConfiguredSink sink, TableId table) throws SQLException {
    return switch (sink.target()) {
      case "postgres" -> PostgresRemover.open(sink.targetSettings(), table);
      case "delta" -> DeltaRemover.open(sink.targetSettings(), table);
      default ->
          throw new UsageException("Rows of the target " + sink.target() + " cannot be removed");
    };
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import java.util.Optional;

/** The tables of a target, for comparison. For one thread. */
interface TargetTables extends AutoCloseable {
  /**
   * A table; empty where there is none.
   *
   * @throws io.lakehousecdc.sink.error.TargetException the target cannot be read
   */
  Optional<Table> table(TableId name) throws Exception;

  /** Encoding in which texts are hashed. */
  String encoding() throws Exception;

  /** A table of the target, and how its columns are compared. */
  interface Table {
    /** Its name, with the schema that the target's settings give it. */
    TableId name();

    /** Whether it has the column. */
    boolean has(String column);

    /**
     * How a column is compared with one of the source; empty where its values cannot be.
     *
     * @param name its name in the target
     */
    Optional<ComparedColumn> compared(PgColumn source, String name);

    /** Number of rows that it shows, whatever they stand for. */
    long count() throws Exception;

    /** The rows, for a comparison. */
    TargetRows rows(TablePair pair);
  }

  @Override
  void close() throws Exception;
}

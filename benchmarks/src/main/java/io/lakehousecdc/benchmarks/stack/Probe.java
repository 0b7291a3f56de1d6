// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.stack;

import java.io.IOException;
import java.sql.SQLException;
import java.util.OptionalLong;

/** A probe that asks a target, at little cost, which orders it holds. */
interface Probe extends AutoCloseable {

  /** Whether the row inserted last is there; false too while there is no table. */
  boolean lastRowIsVisible() throws SQLException, IOException;

  /** The highest key that the table has held; 0 while it is empty. */
  long highestId() throws SQLException, IOException;

  /** {@link io.lakehousecdc.benchmarks.load.Shape#fingerprint} of the table. May take long. */
  String fingerprint() throws SQLException, IOException;

  /** Process id of the session that asks, at the target; empty where there is none. */
  default OptionalLong session() throws SQLException {
    return OptionalLong.empty();
  }

  @Override
  void close() throws SQLException;
}

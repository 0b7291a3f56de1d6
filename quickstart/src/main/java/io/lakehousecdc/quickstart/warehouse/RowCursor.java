// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.warehouse;

import java.util.Optional;

/** A cursor over rows in ascending order of the key. For one thread. */
public interface RowCursor extends AutoCloseable {
  /** The next row; empty, again and again, after the last. */
  Optional<Row> next();

  @Override
  void close();
}

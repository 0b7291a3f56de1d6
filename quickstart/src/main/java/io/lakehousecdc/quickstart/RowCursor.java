package io.lakehousecdc.quickstart;

import java.util.Optional;

/** Reads rows one after the other, in ascending order of the key. For one thread. */
interface RowCursor extends AutoCloseable {
  /** The next row; empty, again and again, after the last. */
  Optional<Row> next();

  @Override
  void close();
}

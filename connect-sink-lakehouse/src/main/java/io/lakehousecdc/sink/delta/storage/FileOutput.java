// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.storage;

import java.io.IOException;
import java.io.OutputStream;

/**
 * A file being written. Nothing is seen under its name before {@link #complete} has returned; from
 * then on the file is whole and survives a loss of power. Closing it before gives up and leaves
 * nothing, so that a write that failed half way never becomes a file. Not for use by several
 * threads.
 */
public abstract class FileOutput extends OutputStream {

  /** Number of bytes written so far. */
  public abstract long position();

  /** Makes the file durable and visible. Called once, after the last write. */
  public abstract void complete() throws IOException;

  /** Gives up unless the file is complete. Idempotent. */
  @Override
  public abstract void close() throws IOException;
}

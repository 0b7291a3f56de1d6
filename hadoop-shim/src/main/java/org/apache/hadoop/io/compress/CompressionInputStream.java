// SPDX-License-Identifier: Apache-2.0
package org.apache.hadoop.io.compress;

import java.io.IOException;
import java.io.InputStream;

/** A stream that decompresses another one. */
public abstract class CompressionInputStream extends InputStream {
  /** The compressed stream. */
  protected final InputStream in;

  protected CompressionInputStream(InputStream in) {
    this.in = in;
  }

  @Override
  public abstract int read(byte[] bytes, int offset, int length) throws IOException;

  /** Forgets what has been read; another stream may follow. */
  public abstract void resetState() throws IOException;

  @Override
  public void close() throws IOException {
    in.close();
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.apache.hadoop.io.compress;

import java.io.IOException;
import java.io.OutputStream;

/** A stream that compresses into another one. */
public abstract class CompressionOutputStream extends OutputStream {
  /** The compressed stream. */
  protected final OutputStream out;

  protected CompressionOutputStream(OutputStream out) {
    this.out = out;
  }

  @Override
  public abstract void write(byte[] bytes, int offset, int length) throws IOException;

  /** Writes what is held back, and the end of the compressed stream. Twice is as good as once. */
  public abstract void finish() throws IOException;

  /** Forgets what has been written; another stream may follow. */
  public abstract void resetState() throws IOException;

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    try (OutputStream closing = out) {
      finish();
    }
  }
}

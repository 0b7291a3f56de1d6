// SPDX-License-Identifier: Apache-2.0
package org.apache.hadoop.io.compress;

import java.io.IOException;
import java.io.OutputStream;

/**
 * A stream that compresses with a {@link Compressor}, which stays its lender's. How the compressor
 * gets its input is left to parquet-java's subclass.
 */
public abstract class CompressorStream extends CompressionOutputStream {
  protected final Compressor compressor;

  private final byte[] buffer;

  /**
   * @param bufferSize bytes that are moved at a time
   */
  protected CompressorStream(OutputStream out, Compressor compressor, int bufferSize) {
    super(out);
    this.compressor = compressor;
    this.buffer = new byte[bufferSize];
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void finish() throws IOException {
    compressor.finish();
    while (!compressor.finished()) {
      out.write(buffer, 0, compressor.compress(buffer, 0, buffer.length));
    }
  }

  @Override
  public void resetState() {
    compressor.reset();
  }
}

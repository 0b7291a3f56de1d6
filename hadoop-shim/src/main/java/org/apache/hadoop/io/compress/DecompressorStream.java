// SPDX-License-Identifier: Apache-2.0
package org.apache.hadoop.io.compress;

import java.io.IOException;
import java.io.InputStream;

/**
 * A stream that decompresses with a {@link Decompressor}, which stays its lender's. How the
 * decompressor gets its input is left to parquet-java's subclass.
 */
public abstract class DecompressorStream extends CompressionInputStream {
  protected final Decompressor decompressor;

  /** Compressed bytes on their way to the decompressor. */
  protected final byte[] buffer;

  /**
   * @param bufferSize bytes that are moved at a time
   */
  protected DecompressorStream(InputStream in, Decompressor decompressor, int bufferSize)
      throws IOException {
    super(in);
    this.decompressor = decompressor;
    this.buffer = new byte[bufferSize];
  }

  /**
   * Fills the buffer from its beginning.
   *
   * @return number of bytes, or -1 at the end
   */
  protected int getCompressedData() throws IOException {
    return in.read(buffer, 0, buffer.length);
  }

  @Override
  public int read() throws IOException {
    byte[] single = new byte[1];
    return read(single, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(single[0]);
  }

  @Override
  public void resetState() {
    decompressor.reset();
  }
}

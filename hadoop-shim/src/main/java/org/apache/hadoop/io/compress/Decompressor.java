// SPDX-License-Identifier: Apache-2.0
package org.apache.hadoop.io.compress;

import java.io.IOException;

/**
 * A decompressor of one stream of bytes after another. Not for use by several threads at a time.
 */
public interface Decompressor {
  /** Adds compressed bytes. */
  void setInput(byte[] bytes, int offset, int length);

  boolean needsInput();

  void setDictionary(byte[] bytes, int offset, int length);

  boolean needsDictionary();

  /** Whether everything has been given. */
  boolean finished();

  /**
   * Gives decompressed bytes.
   *
   * @return their number, which may be 0
   */
  int decompress(byte[] bytes, int offset, int length) throws IOException;

  /** Compressed bytes left over behind the end of the stream. */
  int getRemaining();

  /** Forgets the stream; another may follow. */
  void reset();

  /** Gives back all memory; nothing may follow. */
  void end();
}

// SPDX-License-Identifier: Apache-2.0
package org.apache.hadoop.io.compress;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;

/** A compressor of one stream of bytes after another. Not for use by several threads at a time. */
public interface Compressor {
  /** Adds bytes that are to be compressed. */
  void setInput(byte[] bytes, int offset, int length);

  boolean needsInput();

  void setDictionary(byte[] bytes, int offset, int length);

  /** Bytes taken since the last {@link #reset}. */
  long getBytesRead();

  /** Bytes given since the last {@link #reset}. */
  long getBytesWritten();

  /** Tells that there will be no more input. */
  void finish();

  /** Whether everything has been given. */
  boolean finished();

  /**
   * Gives compressed bytes.
   *
   * @return their number, which may be 0
   */
  int compress(byte[] bytes, int offset, int length) throws IOException;

  /** Forgets the stream; another may follow. */
  void reset();

  /** Gives back all memory; nothing may follow. */
  void end();

  /** Forgets the stream, and takes settings for the next. */
  void reinit(Configuration configuration);
}

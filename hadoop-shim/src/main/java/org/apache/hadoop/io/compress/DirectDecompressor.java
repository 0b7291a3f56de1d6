// SPDX-License-Identifier: Apache-2.0
package org.apache.hadoop.io.compress;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A decompressor between direct buffers. */
public interface DirectDecompressor {
  void decompress(ByteBuffer compressed, ByteBuffer decompressed) throws IOException;
}

// SPDX-License-Identifier: Apache-2.0
package org.apache.hadoop.io.compress;

/** A codec that also decompresses between direct buffers. */
public interface DirectDecompressionCodec extends CompressionCodec {
  DirectDecompressor createDirectDecompressor();
}

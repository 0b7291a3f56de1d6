// SPDX-License-Identifier: Apache-2.0
package org.apache.hadoop.io.compress;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A way of compressing bytes. parquet-java asks for compressors and decompressors, which it takes
 * from the {@link CodecPool}, and for streams that work with them. Thread-safe, which what it
 * creates is not.
 */
public interface CompressionCodec {
  CompressionOutputStream createOutputStream(OutputStream out) throws IOException;

  /**
   * @param compressor one of this codec's, in nobody else's use; null if it has none
   */
  CompressionOutputStream createOutputStream(OutputStream out, Compressor compressor)
      throws IOException;

  /** The class of the compressors, or null: the streams do without. */
  Class<? extends Compressor> getCompressorType();

  /** A new compressor, or null: the streams do without. */
  Compressor createCompressor();

  CompressionInputStream createInputStream(InputStream in) throws IOException;

  /**
   * @param decompressor one of this codec's, in nobody else's use; null if it has none
   */
  CompressionInputStream createInputStream(InputStream in, Decompressor decompressor)
      throws IOException;

  /** The class of the decompressors, or null: the streams do without. */
  Class<? extends Decompressor> getDecompressorType();

  /** A new decompressor, or null: the streams do without. */
  Decompressor createDecompressor();

  /** How names of compressed files end, with the dot. */
  String getDefaultExtension();
}

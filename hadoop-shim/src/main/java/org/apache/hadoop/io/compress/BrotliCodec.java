// SPDX-License-Identifier: Apache-2.0
package org.apache.hadoop.io.compress;

/** Brotli, whose codec is part of neither Hadoop nor parquet-java. */
public final class BrotliCodec extends RefusedCodec {
  public BrotliCodec() {
    super("BROTLI");
  }
}

// SPDX-License-Identifier: Apache-2.0
package org.apache.hadoop.io.compress;

/** The LZ4 of old, in blocks of Hadoop's, which Parquet has replaced by LZ4_RAW. */
public final class Lz4Codec extends RefusedCodec {
  public Lz4Codec() {
    super("LZ4");
  }
}

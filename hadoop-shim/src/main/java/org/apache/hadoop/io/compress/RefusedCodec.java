// SPDX-License-Identifier: Apache-2.0
package org.apache.hadoop.io.compress;

/**
 * A codec that parquet-java looks for under a name of Hadoop's and that is not there. If the name
 * were missing, a worker's own Hadoop would be asked, whose codecs are of no use here.
 */
abstract class RefusedCodec {
  /**
   * @param codec what it is called in Parquet files
   * @throws UnsupportedOperationException always
   */
  RefusedCodec(String codec) {
    throw new UnsupportedOperationException(
        "Parquet files compressed with "
            + codec
            + " are not read. Write them with ZSTD, SNAPPY, GZIP or LZ4_RAW, or uncompressed");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import io.lakehousecdc.sink.error.FatalException;
import java.util.List;
import java.util.Set;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** The compressions of data files, whoever wrote them, that the plugin has a decompressor for. */
final class StoredCompression {
  private static final Set<CompressionCodecName> READABLE =
      Set.of(
          CompressionCodecName.UNCOMPRESSED,
          CompressionCodecName.ZSTD,
          CompressionCodecName.SNAPPY,
          CompressionCodecName.GZIP,
          CompressionCodecName.LZ4_RAW);

  private StoredCompression() {}

  /**
   * Refuses a file before anything of it is read.
   *
   * @param groups its row groups
   * @throws FatalException it has a column that cannot be decompressed
   */
  static void requireReadable(String location, List<BlockMetaData> groups) {
    for (BlockMetaData group : groups) {
      for (ColumnChunkMetaData chunk : group.getColumns()) {
        if (!READABLE.contains(chunk.getCodec())) {
          throw new FatalException(
              "The data file "
                  + location
                  + " is compressed with "
                  + chunk.getCodec()
                  + ", which the sink does not read. Have the job that wrote it use ZSTD, SNAPPY,"
                  + " GZIP or LZ4_RAW, let it write the file's rows again, and restart the task");
        }
      }
    }
  }
}

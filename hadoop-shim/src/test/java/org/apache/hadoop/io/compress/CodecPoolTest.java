// SPDX-License-Identifier: Apache-2.0
package org.apache.hadoop.io.compress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.codec.Lz4RawCodec;
import org.apache.parquet.hadoop.codec.SnappyCodec;
import org.apache.parquet.hadoop.codec.ZstandardCodec;
import org.junit.jupiter.api.Test;

class CodecPoolTest {
  private final SnappyCodec snappy = configured(new SnappyCodec());

  private static SnappyCodec configured(SnappyCodec codec) {
    codec.setConf(new Configuration());
    return codec;
  }

  @Test
  void nobodySharesWhatIsInUse() {
    Decompressor first = CodecPool.getDecompressor(snappy);
    Decompressor second = CodecPool.getDecompressor(snappy);
    assertNotSame(first, second);
    CodecPool.returnDecompressor(first);
    assertSame(first, CodecPool.getDecompressor(snappy));
    CodecPool.returnDecompressor(first);
    CodecPool.returnDecompressor(second);
  }

  @Test
  void whatIsReturnedForgetsItsInput() {
    Compressor compressor = CodecPool.getCompressor(snappy);
    compressor.setInput(new byte[] {1, 2, 3}, 0, 3);
    compressor.finish();
    CodecPool.returnCompressor(compressor);

    assertSame(compressor, CodecPool.getCompressor(snappy));
    assertFalse(compressor.finished());
    assertEquals(0, compressor.getBytesRead());
    CodecPool.returnCompressor(compressor);
  }

  @Test
  void kindsAreKeptApart() {
    Lz4RawCodec lz4 = new Lz4RawCodec();
    CodecPool.returnDecompressor(CodecPool.getDecompressor(snappy));
    Decompressor other = CodecPool.getDecompressor(lz4);
    assertSame(lz4.getDecompressorType(), other.getClass());
    CodecPool.returnDecompressor(other);
  }

  /** Zstandard's streams have a pool of buffers of their own. */
  @Test
  void codecsThatDoWithoutAreLentNothing() {
    assertNull(CodecPool.getCompressor(new ZstandardCodec()));
    assertNull(CodecPool.getDecompressor(new ZstandardCodec()));
    assertNull(CodecPool.getCompressor(new GzipCodec()));
    CodecPool.returnCompressor(null);
    CodecPool.returnDecompressor(null);
  }
}

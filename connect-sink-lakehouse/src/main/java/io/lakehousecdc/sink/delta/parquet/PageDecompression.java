// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * The decompression of pages that are read. Those of Zstandard are decompressed at once into an
 * array of their size, where parquet-java has a stream for each page.
 */
final class PageDecompression extends CodecFactory {
  /** Takes the size of buffers for compression, of which there is none here. */
  private static final int NO_PAGES = 0;

  PageDecompression() {
    super(new PlainParquetConfiguration(), NO_PAGES);
  }

  @Override
  protected BytesDecompressor createDecompressor(CompressionCodecName codec) {
    return codec == CompressionCodecName.ZSTD ? new OfZstandard() : super.createDecompressor(codec);
  }

  private static final class OfZstandard extends BytesDecompressor {

    @Override
    public BytesInput decompress(BytesInput page, int size) throws IOException {
      byte[] compressed = page.toByteArray();
      byte[] bytes = new byte[size];
      try {
        long length = Zstd.decompressByteArray(bytes, 0, size, compressed, 0, compressed.length);
        if (length != size) {
          throw new IOException("A page has " + length + " bytes in place of " + size);
        }
      } catch (ZstdException failure) {
        throw new IOException("A page cannot be decompressed", failure);
      }
      return BytesInput.from(bytes);
    }

    @Override
    public void decompress(ByteBuffer input, int compressed, ByteBuffer output, int size)
        throws IOException {
      ByteBuffer page = input.slice().limit(compressed);
      output.put(decompress(BytesInput.from(page), size).toByteBuffer());
      input.position(input.position() + compressed);
    }

    @Override
    public void release() {
      // Nothing is held from one page to the next.
    }
  }
}

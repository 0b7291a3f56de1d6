// SPDX-License-Identifier: Apache-2.0
package org.apache.hadoop.io.compress;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Gzip by the JDK. It holds no memory between two streams: parquet-java closes none that it reads,
 * so that a page is decompressed as a whole when its stream is created, and zlib's memory is given
 * back at once. A page may consist of several members.
 *
 * @see <a href="https://github.com/apache/parquet-format/blob/master/Compression.md#gzip">Parquet:
 *     GZIP</a>
 */
public class GzipCodec implements CompressionCodec {

  @Override
  public CompressionInputStream createInputStream(InputStream in) throws IOException {
    try (GZIPInputStream gzip = new GZIPInputStream(in)) {
      return new Page(new ByteArrayInputStream(gzip.readAllBytes()));
    }
  }

  @Override
  public CompressionInputStream createInputStream(InputStream in, Decompressor none)
      throws IOException {
    return createInputStream(in);
  }

  @Override
  public CompressionOutputStream createOutputStream(OutputStream out) throws IOException {
    return new Compressing(new GZIPOutputStream(out));
  }

  @Override
  public CompressionOutputStream createOutputStream(OutputStream out, Compressor none)
      throws IOException {
    return createOutputStream(out);
  }

  @Override
  public Class<? extends Compressor> getCompressorType() {
    return null;
  }

  @Override
  public Compressor createCompressor() {
    return null;
  }

  @Override
  public Class<? extends Decompressor> getDecompressorType() {
    return null;
  }

  @Override
  public Decompressor createDecompressor() {
    return null;
  }

  @Override
  public String getDefaultExtension() {
    return ".gz";
  }

  /** A decompressed page. */
  private static final class Page extends CompressionInputStream {
    Page(InputStream decompressed) {
      super(decompressed);
    }

    @Override
    public int read() throws IOException {
      return in.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return in.read(bytes, offset, length);
    }

    @Override
    public void resetState() {}
  }

  private static final class Compressing extends CompressionOutputStream {
    private final GZIPOutputStream gzip;

    Compressing(GZIPOutputStream gzip) {
      super(gzip);
      this.gzip = gzip;
    }

    @Override
    public void write(int value) throws IOException {
      gzip.write(value);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      gzip.write(bytes, offset, length);
    }

    @Override
    public void finish() throws IOException {
      gzip.finish();
    }

    @Override
    public void resetState() {}
  }
}

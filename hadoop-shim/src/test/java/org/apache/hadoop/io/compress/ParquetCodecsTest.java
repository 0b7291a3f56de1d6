// SPDX-License-Identifier: Apache-2.0
package org.apache.hadoop.io.compress;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputDecompressor;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What parquet-java compresses and decompresses with the classes of this module. */
class ParquetCodecsTest {
  private static final int PAGE = 1 << 18;

  @ParameterizedTest
  @EnumSource(names = {"UNCOMPRESSED", "SNAPPY", "GZIP", "ZSTD", "LZ4_RAW"})
  void pagesComeBackAsTheyWere(CompressionCodecName codec) throws IOException {
    for (int length : new int[] {1, 5_000, PAGE + 1, 10, PAGE}) {
      assertComesBack(codec, page(length));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SNAPPY", "GZIP", "ZSTD", "LZ4_RAW"})
  void threadsDoNotDisturbEachOther(CompressionCodecName codec) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        int seed = thread;
        all.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 50; i++) {
                    assertComesBack(codec, page(1_000 * seed + i + 1));
                  }
                  return null;
                }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** One factory is made for each file that is read or written. */
  @ParameterizedTest
  @EnumSource(names = {"SNAPPY", "GZIP", "ZSTD", "LZ4_RAW"})
  void directMemoryDoesNotGrowWithTheNumberOfFiles(CompressionCodecName codec) throws IOException {
    byte[] page = page(PAGE);
    assertComesBack(codec, page);
    long before = directMemory();
    for (int file = 0; file < 50; file++) {
      assertComesBack(codec, page);
    }
    assertTrue(directMemory() <= before + PAGE, before + " bytes became " + directMemory());
  }

  @Test
  void gzipIsThatOfOtherPrograms() throws IOException {
    byte[] page = page(PAGE);
    CodecFactory codecs = codecs();
    byte[] ours =
        codecs
            .getCompressor(CompressionCodecName.GZIP)
            .compress(BytesInput.from(page))
            .toByteArray();
    assertArrayEquals(page, new GZIPInputStream(new ByteArrayInputStream(ours)).readAllBytes());
    assertArrayEquals(page, decompressed(codecs, CompressionCodecName.GZIP, gzip(page), PAGE));
    codecs.release();
  }

  @Test
  void gzipMayHaveSeveralMembers() throws IOException {
    byte[] page = page(PAGE);
    ByteArrayOutputStream members = new ByteArrayOutputStream();
    members.write(gzip(Arrays.copyOf(page, 1_000)));
    members.write(gzip(Arrays.copyOfRange(page, 1_000, PAGE)));
    CodecFactory codecs = codecs();
    assertArrayEquals(
        page, decompressed(codecs, CompressionCodecName.GZIP, members.toByteArray(), PAGE));
    codecs.release();
  }

  @ParameterizedTest
  @EnumSource(names = {"SNAPPY", "GZIP", "ZSTD", "LZ4_RAW"})
  void brokenPagesAreRefused(CompressionCodecName codec) throws IOException {
    CodecFactory codecs = codecs();
    byte[] page = new byte[1_000];
    Arrays.fill(page, (byte) 0xff);
    assertThrows(Exception.class, () -> decompressed(codecs, codec, page, 10_000));
    codecs.release();
    assertComesBack(codec, page(PAGE));
  }

  @ParameterizedTest
  @EnumSource(names = {"LZ4", "BROTLI"})
  void codecsThatAreNotThereSayWhatIs(CompressionCodecName codec) {
    Exception refusal =
        assertThrows(UnsupportedOperationException.class, () -> codecs().getDecompressor(codec));
    assertEquals(
        "Parquet files compressed with "
            + codec
            + " are not read. Write them with ZSTD, SNAPPY, GZIP or LZ4_RAW, or uncompressed",
        refusal.getMessage());
  }

  @Test
  void levelOfZstandardIsTheOneThatIsSet() throws IOException {
    ParquetConfiguration strong = new PlainParquetConfiguration();
    strong.set("parquet.compression.codec.zstd.level", "19");
    byte[] page = page(PAGE);
    assertNotEquals(size(new PlainParquetConfiguration(), page), size(strong, page));
  }

  private static long size(ParquetConfiguration configuration, byte[] page) throws IOException {
    CodecFactory codecs = new CodecFactory(configuration, PAGE);
    long size =
        codecs.getCompressor(CompressionCodecName.ZSTD).compress(BytesInput.from(page)).size();
    codecs.release();
    return size;
  }

  private static void assertComesBack(CompressionCodecName codec, byte[] page) throws IOException {
    CodecFactory writing = codecs();
    byte[] compressed = writing.getCompressor(codec).compress(BytesInput.from(page)).toByteArray();
    writing.release();
    CodecFactory reading = codecs();
    assertArrayEquals(page, decompressed(reading, codec, compressed, page.length));
    assertArrayEquals(page, decompressed(reading, codec, compressed, page.length));
    reading.release();
  }

  private static byte[] decompressed(
      CodecFactory codecs, CompressionCodecName codec, byte[] page, int length) throws IOException {
    BytesInputDecompressor decompressor = codecs.getDecompressor(codec);
    return decompressor.decompress(BytesInput.from(page), length).toByteArray();
  }

  private static CodecFactory codecs() {
    return new CodecFactory(new PlainParquetConfiguration(), PAGE);
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write(bytes);
    }
    return compressed.toByteArray();
  }

  /** Bytes that compress by half or so. */
  private static byte[] page(int length) {
    SplittableRandom random = new SplittableRandom(length);
    byte[] page = new byte[length];
    for (int i = 0; i < length; i++) {
      page[i] = (byte) (i % 7 == 0 ? random.nextInt(16) : i % 64);
    }
    return page;
  }

  private static long directMemory() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .findAny()
        .orElseThrow()
        .getMemoryUsed();
  }
}

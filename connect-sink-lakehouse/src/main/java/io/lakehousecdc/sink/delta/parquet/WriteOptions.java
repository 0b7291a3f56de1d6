// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.parquet;

import static java.util.Objects.requireNonNull;

import java.util.Locale;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * The options by which data files are written.
 *
 * @param codec compression
 * @param encoding how values of two types are laid out
 * @param dictionaries whether repeated values are looked for
 */
public record WriteOptions(Codec codec, Encoding encoding, Dictionaries dictionaries) {

  /** Well compressed, encodings of today, for files of one commit. */
  public static final WriteOptions DEFAULT = new WriteOptions(Codec.ZSTD, Encoding.STANDARD);

  /** A tenth less time for a file of a commit, whose size differs by a percent. */
  private static final int QUICK_LEVEL = 1;

  private static final int LASTING_LEVEL = 3;

  public WriteOptions {
    requireNonNull(codec, "codec");
    requireNonNull(encoding, "encoding");
    requireNonNull(dictionaries, "dictionaries");
  }

  /** Options for files of one commit. */
  public WriteOptions(Codec codec, Encoding encoding) {
    this(codec, encoding, Dictionaries.NONE);
  }

  /** The same for files that stay: large, or the result of a compaction. */
  public WriteOptions lasting() {
    return new WriteOptions(codec, encoding, Dictionaries.WHERE_THEY_PAY);
  }

  /** Level of Zstandard: a file that is soon replaced is written in less time instead. */
  int zstdLevel() {
    return dictionaries == Dictionaries.NONE ? QUICK_LEVEL : LASTING_LEVEL;
  }

  /** Compression of pages. */
  public enum Codec {
    ZSTD,
    SNAPPY,
    UNCOMPRESSED;

    /**
     * The codec of that name, in any case.
     *
     * @throws IllegalArgumentException there is none
     */
    public static Codec named(String name) {
      return valueOf(name.trim().toUpperCase(Locale.ROOT));
    }

    CompressionCodecName parquet() {
      return switch (this) {
        case ZSTD -> CompressionCodecName.ZSTD;
        case SNAPPY -> CompressionCodecName.SNAPPY;
        case UNCOMPRESSED -> CompressionCodecName.UNCOMPRESSED;
      };
    }
  }

  /** Layout of timestamps and decimals. */
  public enum Encoding {
    /** Timestamps as 64-bit microseconds; decimals of up to 18 digits as integers. */
    STANDARD,
    /**
     * Timestamps as INT96, decimals as fixed-length byte arrays: what Delta Standalone and other
     * readers of its time expect (it reads integer decimals as 100 times their value).
     */
    LEGACY
  }

  /** Whether columns are written as numbers of their distinct values. */
  public enum Dictionaries {
    /**
     * No. A file of one page per column would be encoded twice, first with a dictionary and then,
     * where that did not pay, without: half the speed, for a file that a compaction soon replaces.
     */
    NONE,
    /** Yes, where the first page of a column becomes smaller. */
    WHERE_THEY_PAY
  }
}

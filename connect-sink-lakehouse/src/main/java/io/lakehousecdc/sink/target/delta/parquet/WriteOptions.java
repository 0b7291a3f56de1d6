package io.lakehousecdc.sink.target.delta.parquet;

import static java.util.Objects.requireNonNull;

import java.util.Locale;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * How data files are written.
 *
 * @param codec compression
 * @param encoding how values of two types are laid out
 */
public record WriteOptions(Codec codec, Encoding encoding) {

  /** Smallest files, encodings of today. */
  public static final WriteOptions DEFAULT = new WriteOptions(Codec.ZSTD, Encoding.STANDARD);

  public WriteOptions {
    requireNonNull(codec, "codec");
    requireNonNull(encoding, "encoding");
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
}

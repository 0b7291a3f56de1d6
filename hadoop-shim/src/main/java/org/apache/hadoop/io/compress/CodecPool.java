// SPDX-License-Identifier: Apache-2.0
package org.apache.hadoop.io.compress;

import java.util.Deque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Supplier;

/**
 * The compressors and decompressors that are not in use. Those of Snappy and LZ4 hold direct memory
 * as large as their largest page, which is costly to allocate and to clear for each file.
 *
 * <p>As in Hadoop, what is returned is reset and kept: there are never more than were in use at
 * once, so that the number of threads that read and write bounds the memory. None is ended: its
 * lender could still have a stream on it, and freed memory ends the process. Thread-safe.
 */
public final class CodecPool {
  private static final Idle<Compressor> COMPRESSORS = new Idle<>();
  private static final Idle<Decompressor> DECOMPRESSORS = new Idle<>();

  private CodecPool() {}

  /** A compressor for the caller alone, or null: the codec has none. */
  public static Compressor getCompressor(CompressionCodec codec) {
    return COMPRESSORS.take(codec.getCompressorType(), codec::createCompressor);
  }

  /** A decompressor for the caller alone, or null: the codec has none. */
  public static Decompressor getDecompressor(CompressionCodec codec) {
    return DECOMPRESSORS.take(codec.getDecompressorType(), codec::createDecompressor);
  }

  /**
   * Takes a compressor back, which its lender uses no more.
   *
   * @param compressor or null, which is ignored
   */
  public static void returnCompressor(Compressor compressor) {
    if (compressor != null) {
      compressor.reset();
      COMPRESSORS.add(compressor);
    }
  }

  /**
   * Takes a decompressor back, which its lender uses no more.
   *
   * @param decompressor or null, which is ignored
   */
  public static void returnDecompressor(Decompressor decompressor) {
    if (decompressor != null) {
      decompressor.reset();
      DECOMPRESSORS.add(decompressor);
    }
  }

  /**
   * The idle ones by their class, of which the last returned is lent first: it is large already.
   */
  private static final class Idle<T> {
    private final ConcurrentHashMap<Class<?>, Deque<T>> byType = new ConcurrentHashMap<>();

    T take(Class<? extends T> type, Supplier<T> maker) {
      T idle = type == null ? null : of(type).pollFirst();
      return idle == null ? maker.get() : idle;
    }

    void add(T returned) {
      of(returned.getClass()).addFirst(returned);
    }

    private Deque<T> of(Class<?> type) {
      return byType.computeIfAbsent(type, any -> new ConcurrentLinkedDeque<>());
    }
  }
}

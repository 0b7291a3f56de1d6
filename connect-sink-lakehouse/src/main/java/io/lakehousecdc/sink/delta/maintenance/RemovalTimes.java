// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.maintenance;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * The times at which many files were removed, eight bytes each: 31 bits of a hash of the name and
 * the time in seconds, rounded down. Of names with one hash the latest time counts: one file among
 * some thousands is kept longer than it need be. Immutable.
 */
final class RemovalTimes {
  /** Of no file. */
  static final RemovalTimes NONE = new RemovalTimes(new long[0]);

  private static final int TIME_BITS = 32;
  private static final long TIME_MASK = (1L << TIME_BITS) - 1;
  private static final long MAGIC = 0x4c43_4443_5245_4d31L;

  /** Magic, checksum, number of entries; then the entries; then four numbers of the caller's. */
  private static final int HEAD = 2 * Long.BYTES + Integer.BYTES;

  private final long[] entries;

  private RemovalTimes(long[] entries) {
    this.entries = entries;
  }

  /** Names with times, in any order. */
  static final class Builder {
    private long[] entries = new long[64];
    private int count;

    void add(String name, long millis) {
      if (count == entries.length) {
        entries = Arrays.copyOf(entries, 2 * count);
      }
      entries[count++] = hash(name) << TIME_BITS | Math.max(0, millis / 1_000) & TIME_MASK;
    }
  }

  /** With more, and without those of before a time. */
  RemovalTimes with(Builder more, long millis) {
    long[] all = Arrays.copyOf(entries, entries.length + more.count);
    System.arraycopy(more.entries, 0, all, entries.length, more.count);
    Arrays.sort(all);
    int kept = 0;
    for (int i = 0; i < all.length; i++) {
      boolean last = i + 1 == all.length || all[i + 1] >>> TIME_BITS != all[i] >>> TIME_BITS;
      if (last && isSince(all[i], millis)) {
        all[kept++] = all[i];
      }
    }
    return new RemovalTimes(Arrays.copyOf(all, kept));
  }

  /** Whether the file was removed at or after a time; may be true of a file that was not. */
  boolean contains(String name, long millis) {
    long hash = hash(name);
    int at = Arrays.binarySearch(entries, hash << TIME_BITS | TIME_MASK);
    int found = at >= 0 ? at : -at - 2;
    return found >= 0 && entries[found] >>> TIME_BITS == hash && isSince(entries[found], millis);
  }

  int size() {
    return entries.length;
  }

  private static boolean isSince(long entry, long millis) {
    return (entry & TIME_MASK) * 1_000 >= millis;
  }

  /** 31 bits, so that entries are positive and sort by it. */
  private static long hash(String name) {
    long hash = 0xcbf29ce484222325L;
    for (byte each : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (each & 0xFF)) * 0x100000001b3L;
    }
    hash ^= hash >>> 32;
    hash *= 0xff51afd7ed558ccdL;
    return (hash ^ hash >>> 29) & (1L << Long.SIZE - TIME_BITS - 1) - 1;
  }

  /** As bytes, with some numbers of the caller's. */
  byte[] bytes(long... numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(HEAD + (entries.length + numbers.length) * Long.BYTES);
    bytes.putLong(MAGIC).putLong(0).putInt(entries.length);
    for (long entry : entries) {
      bytes.putLong(entry);
    }
    for (long number : numbers) {
      bytes.putLong(number);
    }
    bytes.putLong(Long.BYTES, checksum(bytes));
    return bytes.array();
  }

  /**
   * From bytes; the numbers of the caller's are left to be read. Empty where they are not what was
   * written.
   */
  static Optional<RemovalTimes> read(ByteBuffer bytes) {
    if (bytes.remaining() < HEAD
        || bytes.getLong() != MAGIC
        || bytes.getLong() != checksum(bytes)) {
      return Optional.empty();
    }
    long[] entries = new long[bytes.getInt()];
    for (int i = 0; i < entries.length; i++) {
      entries[i] = bytes.getLong();
    }
    return Optional.of(new RemovalTimes(entries));
  }

  private static long checksum(ByteBuffer bytes) {
    CRC32 checksum = new CRC32();
    checksum.update(bytes.array(), 2 * Long.BYTES, bytes.limit() - 2 * Long.BYTES);
    return checksum.getValue();
  }
}

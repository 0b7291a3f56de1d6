// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.index;

import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.BitSet;

/**
 * The map from each key of a table to the file and row that hold it. Exact: keys of up to 64 bits
 * are stored by a bijection of their bits; longer ones by 128 bits of a keyed hash, of which two
 * among 100 million keys are equal with a probability of 10<sup>-23</sup> (see {@link KeyEncoder}).
 *
 * <p>Lies outside the Java heap. A slot takes 12 bytes, or 20 for a wide key. From four million
 * keys on, between 7/9 and 7/8 of the slots hold a key, so that 64-bit keys take 13.7 to 15.5 bytes
 * each and wide ones 23 to 26; smaller indexes grow in larger steps and take up to 21 and 35. One
 * of a thousand keys takes at most 64 KB. The index consists of 64 parts while it is small and of
 * 1024 later, and grows part by part: no single operation moves more than a thousandth of it.
 *
 * <p>One thread at a time uses an index; {@link #entries()} and {@link #size()} may be read from
 * any thread, and {@link IndexLoader} fills one with several.
 */
public final class KeyIndex implements AutoCloseable {
  /** Bits that choose a part of a large index. Ordinals have 32 bits more. */
  static final int MANY_BITS = 10;

  private static final int FEW_BITS = 6;

  /** Keys of one part of a small index from which on it becomes a large one. */
  private static final int MANY_KEYS = 512;

  static final int TOUCHED_AT_ONCE = 64;

  private final boolean wide;
  private final Slabs slabs;
  private final FileChunks files = new FileChunks();
  private int bits = FEW_BITS;
  private int generation;
  private Segment[] segments;

  /**
   * @param wide whether keys have 128 bits ({@link KeyEncoder#wide})
   * @param memory where the index may lie
   */
  public KeyIndex(boolean wide, IndexMemory memory) {
    this.wide = wide;
    this.slabs = new Slabs(Segment.pageBytes(wide), memory);
    this.segments = segments(FEW_BITS);
  }

  private Segment[] segments(int sharedBits) {
    Segment[] made = new Segment[1 << sharedBits];
    for (int i = 0; i < made.length; i++) {
      made[i] = new Segment(slabs, wide, sharedBits);
    }
    return made;
  }

  /**
   * Makes a file known.
   *
   * @param rows number of rows in it, deleted ones included
   * @return number of the file, from 0; numbers of removed files are used again
   */
  public int addFile(int rows) {
    int file = files.add(rows);
    if (files.ordinalBits() > Integer.SIZE + bits) {
      split();
    }
    return file;
  }

  /** Forgets a file. No key may point into it any more. */
  public void removeFile(int file) {
    generation++;
    files.remove(file);
  }

  /**
   * Forgets files together with the keys that still point into them. Goes through the whole index:
   * for many files at a time.
   */
  public void removeFiles(BitSet gone) {
    generation++;
    for (Segment segment : segments) {
      segment.removeIf(ordinal -> gone.get(Location.file(files.location(ordinal))));
    }
    gone.stream().forEach(files::remove);
  }

  /** {@link Location} of a key, or {@link Location#ABSENT}. */
  public long get(EncodedKey key) {
    return files.location(segment(key.first).get(key.first, key.second));
  }

  /**
   * Looks up many keys, several times as fast as one by one where the index exceeds the processor's
   * caches.
   *
   * @param first first halves of the keys
   * @param second second halves; ignored where keys have 64 bits
   * @param locations receives the {@link Location} of each key, or {@link Location#ABSENT}
   * @return a number without meaning, so that the compiler cannot leave the reads out
   */
  public long getAll(long[] first, long[] second, int count, long[] locations) {
    long touched = 0;
    for (int from = 0; from < count; from += TOUCHED_AT_ONCE) {
      int to = Math.min(count, from + TOUCHED_AT_ONCE);
      touched ^= touch(first, from, to);
      for (int i = from; i < to; i++) {
        locations[i] = files.location(segment(first[i]).get(first[i], second[i]));
      }
    }
    return touched;
  }

  /**
   * Reads the words that look-ups of some keys begin with, so that the processor fetches them from
   * memory at the same time.
   *
   * @param first first halves of keys, of which those from {@code from} to before {@code to} are
   *     meant, at most {@link #TOUCHED_AT_ONCE}
   * @return a number without meaning, so that the compiler cannot leave the reads out
   */
  long touch(long[] first, int from, int to) {
    long touched = 0;
    for (int i = from; i < to; i++) {
      touched ^= segment(first[i]).touch(first[i]);
    }
    return touched;
  }

  /** Points a key to a row; where it pointed before, or {@link Location#ABSENT}. */
  public long put(EncodedKey key, int file, int row) {
    if (bits == FEW_BITS && segment(key.first).size() >= MANY_KEYS) {
      split();
    }
    return files.location(segment(key.first).put(key.first, key.second, files.ordinal(file, row)));
  }

  /** Removes a key; where it pointed, or {@link Location#ABSENT}. */
  public long remove(EncodedKey key) {
    return files.location(segment(key.first).remove(key.first, key.second));
  }

  /**
   * Points a key to the row's new place if it still points to the old one: how a compaction takes
   * the index along. False where a change came in between, so that the new place holds a row that
   * is gone.
   */
  public boolean move(EncodedKey key, long from, int toFile, int toRow) {
    return segment(key.first)
        .replace(
            key.first,
            key.second,
            files.ordinal(Location.file(from), Location.row(from)),
            files.ordinal(toFile, toRow));
  }

  /** Makes room for {@code keys} keys in all, so that filling the index moves nothing. */
  public void reserve(long keys) {
    if (bits == FEW_BITS && keys >> FEW_BITS >= MANY_KEYS) {
      split();
    }
    long share = keys >> bits;
    if (share < 64) {
      return;
    }
    // Shares differ by a few standard deviations of a binomial distribution.
    int perSegment = Math.toIntExact(share + 4 * (long) Math.sqrt(share));
    for (Segment segment : segments) {
      segment.reserve(perSegment);
    }
  }

  /** Whether keys have 128 bits. */
  public boolean wide() {
    return wide;
  }

  /** Number of parts, each of which can be copied by itself. */
  public int parts() {
    return segments.length;
  }

  /** Copies a part, numbered from 0. */
  public void copy(int part, PartCopy into) {
    segments[part].copyTo(into);
  }

  /** Parts that were copied before no longer fit those copied afterwards. */
  public void outdateCopies() {
    generation++;
  }

  /**
   * Another number once parts are divided otherwise, a file's number may have been used again, or
   * copies were {@link #outdateCopies outdated}. Parts that were copied before fit those copied
   * afterwards only where it is the same.
   */
  public int generation() {
    return generation;
  }

  /** The numbers of files, as {@link IndexFileWriter} takes them. */
  public byte[] numbers() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      files.write(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Prepares an empty index for parts that were copied. */
  void begin(int parts, DataInput numbers) throws IOException {
    if (parts == 1 << MANY_BITS) {
      split();
    } else if (parts != segments.length) {
      throw new IOException("it has " + parts + " parts");
    }
    files.read(numbers);
  }

  Segment part(int part) {
    return segments[part];
  }

  /** Removes all keys and keeps the files. */
  public void clear() {
    generation++;
    for (Segment segment : segments) {
      segment.clear();
    }
  }

  /** Number of keys; approximate while another thread changes the index. */
  public long entries() {
    long entries = 0;
    for (Segment segment : segments) {
      entries += segment.size();
    }
    return entries;
  }

  /** Memory taken from the system. */
  public IndexSize size() {
    return slabs.size();
  }

  /** Gives the memory back (the JVM does so when it next collects). Idempotent. */
  @Override
  public void close() {
    clear();
    slabs.close();
  }

  Segment segment(long first) {
    return segments[(int) (first >>> Long.SIZE - bits)];
  }

  /** Makes a large index of a small one. */
  private void split() {
    generation++;
    Segment[] many = segments(MANY_BITS);
    for (int i = 0; i < segments.length; i++) {
      long shared = (long) i << Long.SIZE - FEW_BITS;
      segments[i].forEach(
          (key, second, ordinal) -> {
            long first = shared | key;
            many[(int) (first >>> Long.SIZE - MANY_BITS)].put(first, second, ordinal);
          });
      segments[i].clear();
    }
    segments = many;
    bits = MANY_BITS;
  }

  long ordinal(int file, int row) {
    return files.ordinal(file, row);
  }

  long location(long ordinal) {
    return files.location(ordinal);
  }
}

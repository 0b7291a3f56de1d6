// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.index;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.function.LongPredicate;
import java.util.zip.CRC32C;

/**
 * A part of the index: the keys that share their first bits.
 *
 * <p>Open addressing with linear probing, the entries in the order of their keys' bits ("linear
 * probing sort", Amble and Knuth 1974): a look-up ends at the first greater key, so that a miss
 * costs what a hit costs even in a table nearly full, and a removal moves its followers up and
 * leaves no tombstone. The home of a key grows with its bits, so that a larger table is filled by
 * one pass over the old one.
 *
 * <p>A slot is a {@code long} (the bits of the key that are not shared and, in place of those that
 * are, the upper ones of the row's ordinal), an {@code int} (the lower 32 of the ordinal) and, for
 * wide keys, a {@code long} more of the key. All zero is empty, since no ordinal is 0.
 */
final class Segment {
  private static final int SLOTS_PER_PAGE_BITS = 5;
  private static final int SLOTS_PER_PAGE = 1 << SLOTS_PER_PAGE_BITS;

  /** Homes below which speed matters more than memory: growth by a half, then by an eighth. */
  private static final int SMALL = 4096;

  private static final int ORDINAL_AT = Long.BYTES;
  private static final int SECOND_AT = Long.BYTES + Integer.BYTES;

  private final Slabs slabs;
  private final boolean wide;
  private final int sharedBits;
  private final int homeShift;
  private final int slotBytes;
  private int[] pages = {};
  private int pageCount;
  private int homes;
  private int size;

  /**
   * @param sharedBits how many of their first bits the keys share; ordinals have so many bits more
   *     than 32
   */
  Segment(Slabs slabs, boolean wide, int sharedBits) {
    this.slabs = slabs;
    this.wide = wide;
    this.sharedBits = sharedBits;
    this.homeShift = Long.SIZE - sharedBits - Integer.SIZE;
    this.slotBytes = slotBytes(wide);
  }

  static int pageBytes(boolean wide) {
    return SLOTS_PER_PAGE * slotBytes(wide);
  }

  private static int slotBytes(boolean wide) {
    return wide ? SECOND_AT + Long.BYTES : SECOND_AT;
  }

  int size() {
    return size;
  }

  /**
   * Reads the word that a look-up of the key begins with. Done for several keys before they are
   * looked up, this lets the processor fetch them from memory at the same time.
   */
  long touch(long first) {
    int slot = home(key(first));
    return slot < slots() ? buffer(slot).getLong(at(slot)) : 0;
  }

  /** Ordinal of the key, or 0. */
  long get(long first, long second) {
    int slot = find(first, second);
    return slot < 0 ? 0 : ordinal(slot);
  }

  /** Sets the ordinal of the key; the one it had, or 0. */
  long put(long first, long second, long ordinal) {
    int slot = find(first, second);
    if (slot >= 0) {
      long previous = ordinal(slot);
      write(slot, word(first, ordinal), (int) ordinal, second);
      return previous;
    }
    if (8L * (size + 1) > 7L * homes) {
      resize(homes + Math.max(SLOTS_PER_PAGE, homes >>> (homes < SMALL ? 1 : 3)));
      slot = find(first, second);
    }
    insert(-1 - slot, word(first, ordinal), (int) ordinal, second);
    size++;
    return 0;
  }

  /** Sets the ordinal of the key if it is {@code from}; whether it was. */
  boolean replace(long first, long second, long from, long to) {
    int slot = find(first, second);
    if (slot < 0 || ordinal(slot) != from) {
      return false;
    }
    write(slot, word(first, to), (int) to, second);
    return true;
  }

  /** Ordinal that the key had before it was removed, or 0. */
  long remove(long first, long second) {
    int slot = find(first, second);
    if (slot < 0) {
      return 0;
    }
    long previous = ordinal(slot);
    int next = slot + 1;
    while (next < slots() && !isEmpty(next) && home(storedKey(next)) < next) {
      copy(next, next - 1);
      next++;
    }
    write(next - 1, 0, 0, 0);
    size--;
    return previous;
  }

  /** Makes room for {@code keys} keys in all. */
  void reserve(int keys) {
    int wanted = (int) (keys * 8L / 7) + 1;
    if (wanted > homes) {
      resize(wanted);
    }
  }

  void clear() {
    slabs.free(pages, pageCount);
    pages = new int[0];
    pageCount = 0;
    homes = 0;
    size = 0;
  }

  /** Slot of the key; -1 - s where it is absent and belongs before what is in slot s. */
  private int find(long first, long second) {
    long wanted = key(first);
    int slots = slots();
    int slot = home(wanted);
    for (; slot < slots; slot++) {
      int page = pages[slot >>> SLOTS_PER_PAGE_BITS];
      ByteBuffer buffer = slabs.buffer(page);
      int at = slabs.offset(page) + (slot & SLOTS_PER_PAGE - 1) * slotBytes;
      long word = buffer.getLong(at);
      long stored = word >>> sharedBits;
      if (stored < wanted) {
        if (word == 0 && buffer.getInt(at + ORDINAL_AT) == 0) {
          break;
        }
        continue;
      }
      if (stored > wanted || word == 0 && buffer.getInt(at + ORDINAL_AT) == 0) {
        break;
      }
      if (!wide || buffer.getLong(at + SECOND_AT) == second) {
        return slot;
      }
    }
    return -1 - slot;
  }

  /** Writes the entry into the slot and moves what is there, up to the next gap, on by one. */
  private void insert(int slot, long word, int low, long second) {
    int gap = slot;
    while (gap < slots() && !isEmpty(gap)) {
      gap++;
    }
    while (gap >= slots()) {
      addPage();
    }
    for (int at = gap; at > slot; at--) {
      copy(at - 1, at);
    }
    write(slot, word, low, second);
  }

  /** Copies the part as it is. */
  void copyTo(PartCopy copy) {
    int pageBytes = pageBytes(wide);
    copy.begin(pageCount * pageBytes, homes, size);
    for (int i = 0; i < pageCount; i++) {
      slabs.buffer(pages[i]).get(slabs.offset(pages[i]), copy.bytes, i * pageBytes, pageBytes);
    }
  }

  /**
   * Reads what was copied into an empty part. Several threads may read different parts.
   *
   * @param position where it lies in the file
   * @param sum is told the bytes read
   */
  void read(FileChannel file, long position, int newHomes, int newSize, int length, CRC32C sum)
      throws IOException {
    int pageBytes = pageBytes(wide);
    int count = length / pageBytes;
    if (length < 0
        || length % pageBytes != 0
        || newHomes < 0
        || newHomes > count << SLOTS_PER_PAGE_BITS
        || newSize > count << SLOTS_PER_PAGE_BITS) {
      throw new IOException("the sizes of a part do not fit each other");
    }
    if (pageCount < count) {
      // All at once: pages that lie side by side are read at once.
      pages = Arrays.copyOf(pages, count);
      slabs.allocate(pages, pageCount, count);
      pageCount = count;
    }
    for (int from = 0; from < count; ) {
      int to = from + 1;
      while (to < count
          && pages[to] == pages[to - 1] + 1
          && slabs.buffer(pages[to]) == slabs.buffer(pages[from])) {
        to++;
      }
      int at = slabs.offset(pages[from]);
      ByteBuffer run =
          slabs.buffer(pages[from]).duplicate().limit(at + (to - from) * pageBytes).position(at);
      long begin = position + (long) from * pageBytes;
      while (run.hasRemaining()) {
        if (file.read(run, begin + run.position() - at) < 0) {
          throw new EOFException("it is truncated");
        }
      }
      sum.update(run.position(at));
      from = to;
    }
    homes = newHomes;
    size = newSize;
  }

  /** What is told of each key of a part. */
  @FunctionalInterface
  interface Visitor {
    /**
     * @param key bits of its first half that are not shared
     */
    void key(long key, long second, long ordinal);
  }

  /** Shows every key, in the order of their bits. */
  void forEach(Visitor visitor) {
    for (int slot = 0; slot < slots(); slot++) {
      if (!isEmpty(slot)) {
        visitor.key(
            storedKey(slot), wide ? buffer(slot).getLong(at(slot) + SECOND_AT) : 0, ordinal(slot));
      }
    }
  }

  /** Removes the keys whose ordinals are unwanted. */
  void removeIf(LongPredicate unwanted) {
    if (size > 0) {
      rebuild(homes, unwanted);
    }
  }

  private void resize(int newHomes) {
    rebuild(newHomes, ordinal -> false);
  }

  private void rebuild(int newHomes, LongPredicate unwanted) {
    Segment larger = new Segment(slabs, wide, sharedBits);
    larger.homes = newHomes;
    int last = -1;
    for (int i = 0; i < pageCount; i++) {
      ByteBuffer buffer = slabs.buffer(pages[i]);
      int at = slabs.offset(pages[i]);
      for (int end = at + SLOTS_PER_PAGE * slotBytes; at < end; at += slotBytes) {
        long word = buffer.getLong(at);
        int low = buffer.getInt(at + ORDINAL_AT);
        if (word == 0 && low == 0) {
          continue;
        }
        if (unwanted.test(ordinal(word, low))) {
          size--;
        } else {
          last = Math.max(last + 1, larger.home(word >>> sharedBits));
          larger.extendTo(last);
          larger.write(last, word, low, wide ? buffer.getLong(at + SECOND_AT) : 0);
        }
      }
    }
    larger.extendTo(newHomes - 1);
    slabs.free(pages, pageCount);
    pages = larger.pages;
    pageCount = larger.pageCount;
    homes = newHomes;
  }

  private void extendTo(int slot) {
    while (slot >= slots()) {
      addPage();
    }
  }

  private void addPage() {
    if (pageCount == pages.length) {
      pages = Arrays.copyOf(pages, Math.max(2, pageCount + (pageCount >>> 3) + 1));
    }
    pages[pageCount++] = slabs.allocate();
  }

  private int slots() {
    return pageCount << SLOTS_PER_PAGE_BITS;
  }

  /** Bits of the key below the shared ones. */
  private long key(long first) {
    return first << sharedBits >>> sharedBits;
  }

  private long word(long first, long ordinal) {
    return first << sharedBits | ordinal >>> Integer.SIZE;
  }

  private int home(long key) {
    return (int) ((key >>> homeShift) * homes >>> Integer.SIZE);
  }

  private ByteBuffer buffer(int slot) {
    return slabs.buffer(pages[slot >>> SLOTS_PER_PAGE_BITS]);
  }

  private int at(int slot) {
    return slabs.offset(pages[slot >>> SLOTS_PER_PAGE_BITS])
        + (slot & SLOTS_PER_PAGE - 1) * slotBytes;
  }

  private boolean isEmpty(int slot) {
    ByteBuffer buffer = buffer(slot);
    int at = at(slot);
    return buffer.getLong(at) == 0 && buffer.getInt(at + ORDINAL_AT) == 0;
  }

  private long storedKey(int slot) {
    return buffer(slot).getLong(at(slot)) >>> sharedBits;
  }

  private long ordinal(int slot) {
    ByteBuffer buffer = buffer(slot);
    int at = at(slot);
    return ordinal(buffer.getLong(at), buffer.getInt(at + ORDINAL_AT));
  }

  private long ordinal(long word, int low) {
    return (word & (1L << sharedBits) - 1) << Integer.SIZE | Integer.toUnsignedLong(low);
  }

  private void write(int slot, long word, int low, long second) {
    ByteBuffer buffer = buffer(slot);
    int at = at(slot);
    buffer.putLong(at, word);
    buffer.putInt(at + ORDINAL_AT, low);
    if (wide) {
      buffer.putLong(at + SECOND_AT, second);
    }
  }

  private void copy(int from, int to) {
    ByteBuffer source = buffer(from);
    ByteBuffer target = buffer(to);
    int fromAt = at(from);
    int toAt = at(to);
    target.putLong(toAt, source.getLong(fromAt));
    target.putInt(toAt + ORDINAL_AT, source.getInt(fromAt + ORDINAL_AT));
    if (wide) {
      target.putLong(toAt + SECOND_AT, source.getLong(fromAt + SECOND_AT));
    }
  }
}

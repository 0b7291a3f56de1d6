// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.dedup;

import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The last change of each key, for the most recently used keys, within a bound of entries and one
 * of bytes. Forgetting is always safe: a change whose key is unknown passes. Not thread safe.
 */
final class KeyMemory {
  /**
   * Heap that an entry takes beside its key's bytes: map node, key, array header, remembered change
   * with stamp and position; a 64-bit JVM with compressed references, rounded up.
   */
  static final int ENTRY_OVERHEAD_BYTES = 200;

  private final Map<Key, Remembered> entries = new LinkedHashMap<>(16, 0.75f, true);
  private final long maxEntries;
  private final long maxBytes;
  private long bytes;
  private long evicted;

  KeyMemory(long maxEntries, long maxBytes) {
    this.maxEntries = maxEntries;
    this.maxBytes = maxBytes;
  }

  /** The key's last change, or null; counts as a use of the key. */
  Remembered find(Key key) {
    return entries.get(key);
  }

  /** Remembers the key's last change and evicts the least recently used beyond the bounds. */
  void remember(Key key, Remembered change) {
    if (entries.put(key, change) == null) {
      bytes += size(key);
      evict();
    }
  }

  void forget(Key key) {
    if (entries.remove(key) != null) {
      bytes -= size(key);
    }
  }

  long entries() {
    return entries.size();
  }

  /** Estimated heap. */
  long bytes() {
    return bytes;
  }

  /** How many keys were forgotten for want of room. */
  long evicted() {
    return evicted;
  }

  private void evict() {
    Iterator<Key> eldest = entries.keySet().iterator();
    while (eldest.hasNext() && (entries.size() > maxEntries || bytes > maxBytes)) {
      bytes -= size(eldest.next());
      eldest.remove();
      evicted++;
    }
  }

  private static long size(Key key) {
    return ENTRY_OVERHEAD_BYTES + (long) key.bytes.length;
  }

  /** A key of one table; tables are compared by identity. */
  static final class Key {
    private final TableMemory table;
    private final byte[] bytes;

    Key(TableMemory table, byte[] bytes) {
      this.table = table;
      this.bytes = bytes;
    }

    TableMemory table() {
      return table;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && table == key.table && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
      return 31 * System.identityHashCode(table) + Arrays.hashCode(bytes);
    }
  }
}

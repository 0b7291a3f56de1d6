// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.snapshot;

import io.lakehousecdc.sink.delta.index.EncodedKey;
import io.lakehousecdc.sink.delta.index.KeyBits;
import io.lakehousecdc.sink.delta.index.Location;
import java.util.Arrays;
import java.util.List;
import org.roaringbitmap.RoaringBitmap;

/**
 * Changes of a key index that belong to a commit which is not made yet. Where it is not made, they
 * are to be taken back before the index is used: a key that points to a row which is nowhere counts
 * as absent, so that its row would be doubled. Guarded by the lock of the table.
 */
public final class KeysAhead {
  private final KeyMap keys;
  private long[] first = new long[1024];
  private long[] second = new long[1024];
  private long[] before = new long[1024];
  private int count;

  public KeysAhead(KeyMap keys) {
    this.keys = keys;
  }

  /** Points each key to the row of a new file that has the key's place in the list. */
  public void put(List<KeyBits> placed, LiveFile file) {
    keys.moves(placed)
        .apply(
            keys.index(),
            keys.number(file),
            new RoaringBitmap()::contains,
            (key, location) -> remember(key, location));
  }

  public void remove(KeyBits gone) {
    EncodedKey key = new EncodedKey();
    key.set(gone.first(), gone.second());
    remember(key, keys.index().remove(key));
  }

  private void remember(EncodedKey key, long location) {
    if (count == first.length) {
      int larger = count + (count >>> 1);
      first = Arrays.copyOf(first, larger);
      second = Arrays.copyOf(second, larger);
      before = Arrays.copyOf(before, larger);
    }
    first[count] = key.first();
    second[count] = key.second();
    before[count] = location;
    count++;
  }

  /** Points all keys where they pointed before, the last first. */
  public void takeBack() {
    EncodedKey key = new EncodedKey();
    while (count > 0) {
      count--;
      key.set(first[count], second[count]);
      if (before[count] == Location.ABSENT) {
        keys.index().remove(key);
      } else {
        keys.index().put(key, Location.file(before[count]), Location.row(before[count]));
      }
    }
  }
}

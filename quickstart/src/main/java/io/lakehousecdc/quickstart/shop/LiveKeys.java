// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.shop;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The keys of the rows that a table should have. A row may already be gone, deleted together with a
 * row that it referred to. For one thread.
 */
final class LiveKeys {
  private final List<Long> keys;
  private final RandomGenerator random;

  LiveKeys(List<Long> keys, RandomGenerator random) {
    this.keys = new ArrayList<>(keys);
    this.random = random;
  }

  boolean isEmpty() {
    return keys.isEmpty();
  }

  int size() {
    return keys.size();
  }

  void add(long key) {
    keys.add(key);
  }

  long any() {
    return keys.get(random.nextInt(keys.size()));
  }

  /** Removes and returns a random key. */
  long removeAny() {
    int index = random.nextInt(keys.size());
    long last = keys.remove(keys.size() - 1);
    return index == keys.size() ? last : keys.set(index, last);
  }
}

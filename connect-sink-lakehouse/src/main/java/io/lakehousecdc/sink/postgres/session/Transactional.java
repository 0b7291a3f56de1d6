// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.session;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A map whose entries put since the last commit vanish on rollback, as what they stand for in the
 * database does. Not thread-safe.
 */
public final class Transactional<K, V> {
  private final Map<K, V> entries = new HashMap<>();
  private final Set<K> uncommitted = new HashSet<>();

  /** Value of the key; null where there is none. */
  public V find(K key) {
    return entries.get(key);
  }

  public void put(K key, V value) {
    entries.put(key, value);
    uncommitted.add(key);
  }

  /** Forgets entries, for good. */
  public void removeIf(Predicate<K> outdated) {
    entries.keySet().removeIf(outdated);
  }

  public void committed() {
    uncommitted.clear();
  }

  public void rolledBack() {
    uncommitted.forEach(entries::remove);
    uncommitted.clear();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.decode.table;

import java.util.LinkedHashMap;
import java.util.Map;

/** A map that evicts its oldest entry when it grows past its bound. Not thread safe. */
public final class BoundedCache<K, V> extends LinkedHashMap<K, V> {
  private static final long serialVersionUID = 1L;

  private final int bound;

  public BoundedCache(int bound) {
    this.bound = bound;
  }

  @Override
  protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
    return size() > bound;
  }
}

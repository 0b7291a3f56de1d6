package io.lakehousecdc.sink.decode;

import java.util.LinkedHashMap;
import java.util.Map;

/** A map that forgets its oldest entry when it would grow past its bound. Not thread safe. */
final class BoundedCache<K, V> extends LinkedHashMap<K, V> {
  private static final long serialVersionUID = 1L;

  private final int bound;

  BoundedCache(int bound) {
    this.bound = bound;
  }

  @Override
  protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
    return size() > bound;
  }
}

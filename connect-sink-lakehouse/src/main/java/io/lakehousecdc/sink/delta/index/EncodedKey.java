// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.index;

/**
 * A key as the index stores it, spread evenly over its bits. Mutable, to be used again for the next
 * key; not for use by several threads.
 */
public final class EncodedKey {
  long first;
  long second;
  final CanonicalBytes bytes = new CanonicalBytes();

  /** First 64 bits: all of them where the encoder is not {@link KeyEncoder#wide}. */
  public long first() {
    return first;
  }

  /** Last 64 bits; 0 where the encoder is not {@link KeyEncoder#wide}. */
  public long second() {
    return second;
  }

  /** Takes the bits of a key that was encoded before. */
  public void set(long newFirst, long newSecond) {
    first = newFirst;
    second = newSecond;
  }
}

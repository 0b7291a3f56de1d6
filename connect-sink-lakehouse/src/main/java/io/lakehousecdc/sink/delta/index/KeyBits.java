// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.index;

/**
 * A key in the form that the index compares: two 64-bit words. See {@link KeyEncoder}.
 *
 * @param first the key itself or the first half of its hash
 * @param second 0 where one word holds the key; else the second half
 */
public record KeyBits(long first, long second) {

  /** The same as a record has, which takes a fifth of the time of a set of keys. */
  @Override
  public boolean equals(Object other) {
    return other instanceof KeyBits key && key.first == first && key.second == second;
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(first) + Long.hashCode(second);
  }
}

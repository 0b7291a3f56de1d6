// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.index;

/**
 * A copy of one part of an index as it was at one moment. Mutable, to be used for the next part.
 */
public final class PartCopy {
  byte[] bytes = new byte[0];
  int length;
  int homes;
  int size;

  void begin(int newLength, int newHomes, int newSize) {
    if (bytes.length < newLength) {
      bytes = new byte[newLength + (newLength >>> 3)];
    }
    length = newLength;
    homes = newHomes;
    size = newSize;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * SipHash-2-4 with a result of 128 bits (Aumasson and Bernstein, "SipHash: a fast short-input
 * PRF"). Keyed, so that nobody who can only choose the values of a source's keys can make two of
 * them meet.
 */
final class SipHash {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final long key0;
  private final long key1;

  SipHash(long key0, long key1) {
    this.key0 = key0;
    this.key1 = key1;
  }

  /** Hashes the first {@code length} bytes into both halves of {@code into}. */
  void hash(byte[] bytes, int length, EncodedKey into) {
    State state = new State(key0, key1);
    int whole = length & ~7;
    for (int at = 0; at < whole; at += Long.BYTES) {
      state.absorb((long) LONG.get(bytes, at));
    }
    long last = (long) length << 56;
    for (int at = whole; at < length; at++) {
      last |= (bytes[at] & 0xFFL) << 8 * (at - whole);
    }
    state.absorb(last);
    into.first = state.squeeze(0xEE, 0);
    into.second = state.squeeze(0, 0xDD);
  }

  /** Four words that the compiler keeps in registers. */
  private static final class State {
    private long v0;
    private long v1;
    private long v2;
    private long v3;

    State(long key0, long key1) {
      v0 = key0 ^ 0x736f6d6570736575L;
      v1 = key1 ^ 0x646f72616e646f6dL ^ 0xEE;
      v2 = key0 ^ 0x6c7967656e657261L;
      v3 = key1 ^ 0x7465646279746573L;
    }

    void absorb(long word) {
      v3 ^= word;
      rounds(2);
      v0 ^= word;
    }

    long squeeze(long into2, long into1) {
      v2 ^= into2;
      v1 ^= into1;
      rounds(4);
      return v0 ^ v1 ^ v2 ^ v3;
    }

    private void rounds(int count) {
      for (int i = 0; i < count; i++) {
        v0 += v1;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v3;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v2 = Long.rotateLeft(v2, 32);
      }
    }
  }
}

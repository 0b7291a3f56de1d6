// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * PostgreSQL's hash functions with a seed, so that a hash of a value in a file equals that of the
 * same value in a database. They stay the same from version 11 on, because partitions by hash rest
 * on them. Stateless.
 *
 * @see <a
 *     href="https://github.com/postgres/postgres/blob/REL_18_STABLE/src/common/hashfn.c">hashfn.c</a>
 */
final class ServerHash {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int START = 0x9e3779b9 + 3923095;
  private static final int BLOCK = 12;
  private static final long NAN = 0x7ff8000000000000L;

  private ServerHash() {}

  /** As {@code hashint8extended}, and {@code timestamp_hash_extended} of its microseconds. */
  static long ofLong(long value, long seed) {
    int high = (int) (value >> 32);
    return ofInt((int) value ^ (value >= 0 ? high : ~high), seed);
  }

  /** As {@code hashfloat8extended}: zeros are equal, and so are values that are no numbers. */
  static long ofDouble(double value, long seed) {
    if (value == 0) {
      return seed;
    }
    byte[] bytes = new byte[Long.BYTES];
    long bits = Double.isNaN(value) ? NAN : Double.doubleToRawLongBits(value);
    INT.set(bytes, 0, (int) bits);
    INT.set(bytes, Integer.BYTES, (int) (bits >> 32));
    return ofBytes(bytes, seed);
  }

  /** As {@code hash_numeric_extended}, which leaves the sign out, and zeros at the ends. */
  static long ofDecimal(BigDecimal value, long seed) {
    if (value.signum() == 0) {
      return seed - 1;
    }
    DecimalDigits digits = DecimalDigits.of(value);
    return ofBytes(digits.bytes(), seed) ^ digits.weight();
  }

  /** As {@code hashtextextended} of text in UTF-8 and a deterministic collation. */
  static long ofText(String value, long seed) {
    return ofBytes(value.getBytes(StandardCharsets.UTF_8), seed);
  }

  private static long ofInt(int value, long seed) {
    State state = new State(START + Integer.BYTES, seed);
    state.a += value;
    return state.end();
  }

  private static long ofBytes(byte[] bytes, long seed) {
    State state = new State(START + bytes.length, seed);
    int at = 0;
    int left = bytes.length;
    for (; left >= BLOCK; left -= BLOCK, at += BLOCK) {
      state.a += (int) INT.get(bytes, at);
      state.b += (int) INT.get(bytes, at + 4);
      state.c += (int) INT.get(bytes, at + 8);
      state.mix();
    }
    // The lowest byte of c is left out: the length stands there.
    for (int i = 0; i < left; i++) {
      int value = bytes[at + i] & 0xFF;
      if (i < 4) {
        state.a += value << 8 * i;
      } else if (i < 8) {
        state.b += value << 8 * (i - 4);
      } else {
        state.c += value << 8 * (i - 7);
      }
    }
    return state.end();
  }

  /** The three words that a hash is made in. For one use. */
  private static final class State {
    private int a;
    private int b;
    private int c;

    State(int start, long seed) {
      a = start;
      b = start;
      c = start;
      if (seed != 0) {
        a += (int) (seed >>> 32);
        b += (int) seed;
        mix();
      }
    }

    void mix() {
      a = a - c ^ Integer.rotateLeft(c, 4);
      c += b;
      b = b - a ^ Integer.rotateLeft(a, 6);
      a += c;
      c = c - b ^ Integer.rotateLeft(b, 8);
      b += a;
      a = a - c ^ Integer.rotateLeft(c, 16);
      c += b;
      b = b - a ^ Integer.rotateLeft(a, 19);
      a += c;
      c = c - b ^ Integer.rotateLeft(b, 4);
      b += a;
    }

    long end() {
      c = (c ^ b) - Integer.rotateLeft(b, 14);
      a = (a ^ c) - Integer.rotateLeft(c, 11);
      b = (b ^ a) - Integer.rotateLeft(a, 25);
      c = (c ^ b) - Integer.rotateLeft(b, 16);
      a = (a ^ c) - Integer.rotateLeft(c, 4);
      b = (b ^ a) - Integer.rotateLeft(a, 14);
      c = (c ^ b) - Integer.rotateLeft(b, 24);
      return (long) b << 32 | c & 0xFFFFFFFFL;
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.index;

import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.error.RecordException;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;

/**
 * The encoder of keys: turns them into evenly spread bits for a {@link KeyIndex}. Equal keys give
 * equal bits, and:
 *
 * <ul>
 *   <li>where all key columns together fit 64 bits, different keys give different bits, because
 *       every step is a bijection: the columns' bits side by side, xor with a secret, the finaliser
 *       of MurmurHash3;
 *   <li>otherwise the bits are 128 of {@link SipHash} under a secret key. Among n keys two are
 *       equal with a probability of about n<sup>2</sup>/2<sup>129</sup>: 10<sup>-23</sup> for 100
 *       million keys, far below that of a memory error that nothing notices. The secret makes this
 *       hold for keys chosen by an adversary, too.
 * </ul>
 *
 * <p>The secret is drawn anew for each encoder but one that is read: an index belongs to one
 * encoder. Immutable; threads may share it.
 */
public final class KeyEncoder {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final List<DeltaColumn> columns;
  private final Set<Integer> numbers;
  private final int[] widths;
  private final boolean wide;
  private final long secret;
  private final long otherSecret;
  private final SipHash hash;

  private KeyEncoder(
      List<DeltaColumn> columns, Set<Integer> numbers, long secret, long otherSecret) {
    this.columns = List.copyOf(columns);
    this.numbers = Set.copyOf(numbers);
    this.widths = columns.stream().mapToInt(column -> FixedBits.width(column.type())).toArray();
    this.wide = !fits(widths);
    this.secret = secret;
    this.otherSecret = otherSecret;
    this.hash = new SipHash(secret, otherSecret);
  }

  /**
   * An encoder of the keys that these columns form. An index has to be built anew when their types
   * change, except where a single integer column becomes a wider one.
   *
   * @param columns key columns in key order; at least one
   * @param numbers which of them, from 0, are texts that stand for numbers: those that differ in
   *     trailing zeros alone are equal
   */
  public static KeyEncoder of(List<DeltaColumn> columns, Set<Integer> numbers) {
    if (columns.isEmpty()) {
      throw new IllegalArgumentException("A key has at least one column");
    }
    return new KeyEncoder(columns, numbers, RANDOM.nextLong(), RANDOM.nextLong());
  }

  /** The encoder of the same columns whose secret {@link #writeSecret} wrote. */
  public static KeyEncoder read(List<DeltaColumn> columns, Set<Integer> numbers, DataInput secret)
      throws IOException {
    return new KeyEncoder(columns, numbers, secret.readLong(), secret.readLong());
  }

  /** Writes what an index of this encoder is useless without. */
  public void writeSecret(DataOutput out) throws IOException {
    out.writeLong(secret);
    out.writeLong(otherSecret);
  }

  /** Whether encoded keys have 128 bits. */
  public boolean wide() {
    return wide;
  }

  /**
   * Encodes a key.
   *
   * @param values values of the key columns, of the classes that {@link DeltaColumn} names
   * @throws RecordException a value is NULL in a key of at most 64 bits, which no primary key has
   */
  public void encode(Object[] values, EncodedKey into) {
    if (wide) {
      into.bytes.clear();
      for (int i = 0; i < values.length; i++) {
        if (numbers.contains(i)) {
          into.bytes.addNumber(values[i]);
        } else {
          into.bytes.add(values[i]);
        }
      }
      hash.hash(into.bytes.array(), into.bytes.length(), into);
      return;
    }
    long bits = bits(0, values);
    for (int i = 1; i < widths.length; i++) {
      bits = bits << widths[i] | bits(i, values) & (1L << widths[i]) - 1;
    }
    encodeBits(bits, into);
  }

  /**
   * Encodes the key of a single column of an integer, date or timestamp type without boxing it.
   *
   * @throws IllegalStateException the key is {@link #wide} or of several columns
   */
  public void encode(long value, EncodedKey into) {
    if (wide || widths.length > 1) {
      throw new IllegalStateException("Not a key of one number: " + columns);
    }
    encodeBits(value, into);
  }

  private void encodeBits(long bits, EncodedKey into) {
    long mixed = bits ^ secret;
    mixed = (mixed ^ mixed >>> 33) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
    into.first = mixed ^ mixed >>> 33;
    into.second = 0;
  }

  private long bits(int column, Object[] values) {
    if (values[column] == null) {
      throw new RecordException(
          "Key column "
              + columns.get(column).name()
              + " is NULL, so that the row cannot be found again. Choose other key columns with"
              + " key.columns.",
          null);
    }
    return FixedBits.of(values[column]);
  }

  private static boolean fits(int[] widths) {
    int sum = 0;
    for (int width : widths) {
      sum += width == 0 ? Long.SIZE + 1 : width;
    }
    return sum <= Long.SIZE;
  }
}

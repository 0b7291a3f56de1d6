// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

/**
 * Seeds of hashes, by SplitMix64. They have nothing to do with each other: hashes of columns are
 * combined bit by bit, and those of some values, such as zero, are their seeds or next to them.
 *
 * @see <a href="https://doi.org/10.1145/2714064.2660195">Steele, Lea, Flood: Fast splittable
 *     pseudorandom number generators</a>
 */
final class Seeds {
  private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

  private Seeds() {}

  /** Seed of a number that counts something. */
  static long of(int number) {
    return mixed(number * GOLDEN);
  }

  /** Seed for negative numbers, where others have a given one. */
  static long negative(long seed) {
    return mixed(seed + GOLDEN);
  }

  /** Hash of what is not a number, where numbers have a given seed. */
  static long nan(long seed) {
    return negative(negative(seed));
  }

  private static long mixed(long value) {
    long mixed = (value ^ value >>> 30) * 0xBF58_476D_1CE4_E5B9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94D0_49BB_1331_11EBL;
    return mixed ^ mixed >>> 31;
  }
}

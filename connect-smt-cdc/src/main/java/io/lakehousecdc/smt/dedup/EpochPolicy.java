// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt.dedup;

/**
 * How epochs come about.
 *
 * @param first epoch of the first change
 * @param automatic whether a lower position with a later commit time than any seen begins a new
 *     epoch, and counts as new; otherwise a lower position is always a duplicate
 */
public record EpochPolicy(int first, boolean automatic) {

  /** Begins at 0 and rises by itself. */
  public static final EpochPolicy AUTO = new EpochPolicy(0, true);

  /** Stays as the operator set it. */
  public static EpochPolicy fixed(int epoch) {
    return new EpochPolicy(epoch, false);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.order;

import java.util.OptionalInt;

/**
 * How histories come about.
 *
 * @param number least epoch of what is read from now on, as the operator set it; empty where the
 *     first history has number 0
 * @param isAutomatic whether a history begins by itself where LSNs start over
 */
public record EpochPolicy(OptionalInt number, boolean isAutomatic) {

  /** Histories begin by themselves. */
  public static final EpochPolicy AUTOMATIC = new EpochPolicy(OptionalInt.empty(), true);

  /** Histories begin by themselves, from the operator's number on. */
  public static EpochPolicy automaticFrom(int epoch) {
    return new EpochPolicy(OptionalInt.of(epoch), true);
  }

  /** Stays as the operator set it: a lower position is never more than that. */
  public static EpochPolicy fixed(int epoch) {
    return new EpochPolicy(OptionalInt.of(epoch), false);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.order;

import java.util.Objects;

/**
 * How epochs come about.
 *
 * @param first epoch to be in at least
 * @param evidence what makes the epoch rise by itself
 */
public record EpochPolicy(int first, EpochEvidence evidence) {

  /** Rejects a missing part. */
  public EpochPolicy {
    Objects.requireNonNull(evidence, "evidence");
  }

  /** Rises by itself, from epoch 0 or from where it stands. */
  public static EpochPolicy automatic(EpochEvidence evidence) {
    return new EpochPolicy(0, evidence);
  }

  /** Stays as the operator set it: a lower position is never more than that. */
  public static EpochPolicy fixed(int epoch) {
    return new EpochPolicy(epoch, EpochEvidence.NONE);
  }

  /** Whether an epoch can begin by itself. */
  public boolean isAutomatic() {
    return evidence != EpochEvidence.NONE;
  }
}

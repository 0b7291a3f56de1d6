// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.shop;

import java.util.random.RandomGenerator;

/**
 * The mix of the simulator's actions. Only the proportions count: 3, 6 and 1 are the same as 0.3,
 * 0.6 and 0.1.
 */
public record Mix(double insert, double update, double delete) {
  enum Action {
    INSERT,
    UPDATE,
    DELETE
  }

  public Mix {
    if (insert < 0 || update < 0 || delete < 0 || insert + update + delete <= 0) {
      throw new UsageException(
          "--insert-p, --update-p and --delete-p must be 0 or more, and not all 0: they are %s, %s, %s"
              .formatted(insert, update, delete));
    }
  }

  Action next(RandomGenerator random) {
    double point = random.nextDouble() * (insert + update + delete);
    if (point < insert) {
      return Action.INSERT;
    }
    return point < insert + update ? Action.UPDATE : Action.DELETE;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.converter;

/**
 * Decides whether a schema is worth learning, so that schemas that never come again cost little:
 * learning takes a good part of the time of a conversion. Each schema learned takes one of a few
 * credits, each use of one gives one back, and without credit every sixteenth is learned. Races
 * between threads cost or give a credit and nothing else.
 */
final class Restraint {
  private static final int MOST = 16;

  private int credits = MOST;
  private int refused;

  /** A schema that is known has been met. */
  void used() {
    if (credits < MOST) {
      credits++;
    }
  }

  /** Whether to learn the schema that has just been met. */
  boolean permits() {
    if (credits > 0) {
      credits--;
      return true;
    }
    refused = (refused + 1) % MOST;
    return refused == 0;
  }
}

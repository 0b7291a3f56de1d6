// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.order;

/**
 * What proves, of an event below the high-water mark, that the source's LSNs have started over.
 * Nothing in an event says so. But an event that is emitted again repeats its commit time, while a
 * change in another history has a later one.
 */
public enum EpochEvidence {
  /** Nothing does: the operator numbers the epochs. */
  NONE {
    @Override
    boolean isGiven(SourcePosition event, long latestCommitMicros) {
      return false;
    }
  },

  /**
   * A commit time later than any seen before. Where none has been seen yet, nothing is concluded.
   */
  LATER_COMMIT {
    @Override
    boolean isGiven(SourcePosition event, long latestCommitMicros) {
      return latestCommitMicros > 0 && event.isCommittedAfter(latestCommitMicros);
    }
  },

  /** A commit time later than any seen before, or the first that is seen at all. */
  FIRST_OR_LATER_COMMIT {
    @Override
    boolean isGiven(SourcePosition event, long latestCommitMicros) {
      return event.isCommittedAfter(latestCommitMicros);
    }
  };

  /**
   * @param latestCommitMicros latest commit time seen, microseconds since the epoch; 0 before the
   *     first
   */
  abstract boolean isGiven(SourcePosition event, long latestCommitMicros);
}

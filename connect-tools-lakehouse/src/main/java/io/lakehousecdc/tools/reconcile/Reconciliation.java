// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import java.time.Duration;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The comparison of one table. Both sides add up the hashes of their rows in buckets, beside each
 * other; buckets that differ are looked through by key; keys that differ are verified. Rows that
 * were changed while the sums were made are left out of these, and verified, too. For one use.
 */
final class Reconciliation {
  /** Clocks of the source's commits and of its queries are one; commits take their time. */
  private static final long MARGIN_MICROS = Duration.ofSeconds(2).toNanos() / 1_000;

  /** Rows that are listed by key at a time. */
  private static final long LISTED = 2_000_000;

  private final TablePair pair;
  private final SourceRows source;
  private final TargetRows target;
  private final Limits limits;
  private final TableProgress progress;

  /**
   * @param settle see {@link Verification}
   * @param mostKeys most keys that are verified
   */
  record Limits(Duration settle, int mostKeys) {}

  Reconciliation(
      TablePair pair, SourceRows source, TargetRows target, Limits limits, TableProgress progress) {
    this.pair = pair;
    this.source = source;
    this.target = target;
    this.limits = limits;
    this.progress = progress;
  }

  Outcome run() throws Exception {
    Buckets wanted = Buckets.forRows(source.estimate());
    Buckets found = wanted.alike();
    Set<Key> candidates = new LinkedHashSet<>();
    long rows =
        source.sum(
            wanted,
            progress,
            moment -> {
              List<Key> moved = target.sum(found, moment.micros() - MARGIN_MICROS, progress);
              candidates.addAll(moved);
              return moved;
            });
    BitSet differing = wanted.differing(found);
    long unlisted = narrow(differing, wanted, found, candidates);
    Verification verification = new Verification(source, target, limits.settle(), progress);
    int moving = verification.run(candidates);
    return new Outcome(
        pair,
        rows,
        wanted.count(),
        differing.cardinality(),
        verification.differences(),
        moving,
        unlisted);
  }

  /**
   * Adds the keys that may differ to the candidates. Those that are among them because they moved
   * do not count for the limit: they say nothing of differences.
   *
   * @return least number of further ones, once there are too many
   */
  private long narrow(BitSet differing, Buckets wanted, Buckets found, Set<Key> candidates)
      throws Exception {
    long unlisted = 0;
    BitSet some = new BitSet();
    long listed = 0;
    int moved = candidates.size();
    for (int bucket = differing.nextSetBit(0); bucket >= 0; ) {
      some.set(bucket);
      listed += Math.max(wanted.rows(bucket), found.rows(bucket));
      if (candidates.size() - moved >= limits.mostKeys()) {
        unlisted += Math.max(1, Math.abs(wanted.rows(bucket) - found.rows(bucket)));
        some.clear();
      }
      bucket = differing.nextSetBit(bucket + 1);
      if (!some.isEmpty() && (bucket < 0 || listed >= LISTED)) {
        list(some, wanted.count(), candidates);
        some.clear();
        listed = 0;
      }
    }
    return unlisted;
  }

  private void list(BitSet buckets, int count, Set<Key> candidates) throws Exception {
    Map<Key, Long> theirs = target.list(buckets, count);
    source
        .list(buckets, count)
        .forEach(
            (key, hash) -> {
              Long copy = theirs.remove(key);
              if (copy == null || copy.longValue() != hash) {
                candidates.add(key);
              }
            });
    candidates.addAll(theirs.keySet());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import io.lakehousecdc.tools.reconcile.Outcome.Certainty;
import io.lakehousecdc.tools.reconcile.Outcome.Difference;
import io.lakehousecdc.tools.reconcile.Outcome.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The repeated look at rows that may differ. A row is equal if it has been found equal once,
 * because only a change can make it differ then, which the target gets like any other. It differs
 * for certain if both rows have stayed as they are from one look to a later one, and before its row
 * was read in the later one the target had applied all commits that the earlier one saw: then it
 * had to be equal. Nothing is certain while the target knows of commits that the source does not
 * show: a standby is late, or the target's position is of another history. For one use.
 */
final class Verification {
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(200);

  /**
   * How long a row that differs has to stay as it is at least: a key that the source has not may
   * have come and gone between two looks, and a partition that the target has had nothing of tells
   * no position.
   */
  private static final long SAME_FOR = TimeUnit.SECONDS.toNanos(1);

  private final SourceRows source;
  private final TargetRows target;
  private final Duration settle;
  private final TableProgress progress;
  private final List<Difference> differences = new ArrayList<>();
  private final Map<Key, Still> still = new HashMap<>();

  /**
   * @param settle how long rows that differ have to stay as they are, where nothing shows how far
   *     the target is
   */
  Verification(SourceRows source, TargetRows target, Duration settle, TableProgress progress) {
    this.source = source;
    this.target = target;
    this.settle = settle;
    this.progress = progress;
  }

  /**
   * Since when both rows have been as they are.
   *
   * @param lsn up to which, at most, commits were seen when both were so first
   * @param provable since when the source is not known to be late; meaningless without an LSN
   */
  private record Still(String source, String target, long since, long lsn, long provable) {
    boolean is(String sourceNow, String targetNow) {
      return source.equals(sourceNow) && target.equals(targetNow);
    }

    /** The same after a further look: up to which LSN, and whether the source may be late. */
    Still at(long now, long seenLsn, Applied applied) {
      if (applied.isAheadOf(seenLsn)) {
        return new Still(source, target, since, Applied.UNKNOWN, now);
      }
      return lsn == Applied.UNKNOWN ? new Still(source, target, since, seenLsn, now) : this;
    }

    boolean isProven(long now, Applied applied) {
      return lsn != Applied.UNKNOWN && applied.least() >= lsn && now - provable >= SAME_FOR;
    }
  }

  /** Looks until all keys are decided, or twice the time to settle is past; returns those left. */
  int run(Collection<Key> candidates) throws Exception {
    Set<Key> open = new LinkedHashSet<>(candidates);
    long end = System.nanoTime() + 2 * settle.toNanos() + TimeUnit.SECONDS.toNanos(1);
    while (!open.isEmpty() && System.nanoTime() < end) {
      progress.looking(open.size());
      look(open);
      if (!open.isEmpty()) {
        LockSupport.parkNanos(PAUSE);
      }
    }
    return open.size();
  }

  List<Difference> differences() {
    return List.copyOf(differences);
  }

  private void look(Set<Key> open) throws Exception {
    SourceRows.Seen before = source.look(open);
    Applied applied = target.applied();
    Map<Key, Look> found = target.look(open);
    removeEqual(open, before.rows(), found);
    if (open.isEmpty()) {
      return;
    }
    SourceRows.Seen after = source.look(open);
    long now = System.nanoTime();
    removeEqual(open, after.rows(), found);
    for (Key key : List.copyOf(open)) {
      Look first = before.rows().get(key);
      Look last = after.rows().get(key);
      Look copy = found.get(key);
      String state = version(last);
      if (!version(first).equals(state)) {
        still.remove(key);
        continue;
      }
      Still known = still.get(key);
      if (known == null || !known.is(state, version(copy))) {
        known = new Still(state, version(copy), now, Applied.UNKNOWN, now);
      }
      known = known.at(now, after.lsn(), applied);
      still.put(key, known);
      boolean proven = known.isProven(now, applied);
      if (proven || now - known.since >= settle.toNanos()) {
        decide(key, last, copy, proven ? Certainty.PROVEN : Certainty.UNCHANGED);
        open.remove(key);
      }
    }
  }

  private static void removeEqual(Set<Key> open, Map<Key, Look> source, Map<Key, Look> target) {
    open.removeIf(key -> Look.areEqual(source.get(key), target.get(key)));
  }

  private static List<String> cells(Look look) {
    return look == null ? null : look.cells();
  }

  private static String version(Look look) {
    return look == null ? "" : look.version();
  }

  private static Kind kind(Look source, Look target) {
    if (source == null || target == null) {
      return source == null ? Kind.EXTRA : Kind.MISSING;
    }
    return source.copies() == target.copies() ? Kind.CHANGED : Kind.REPEATED;
  }

  private void decide(Key key, Look source, Look target, Certainty certainty) {
    differences.add(
        new Difference(
            key,
            kind(source, target),
            certainty,
            cells(source),
            cells(target),
            target == null ? null : target.version()));
  }
}

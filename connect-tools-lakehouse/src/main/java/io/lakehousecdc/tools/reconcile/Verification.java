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
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The repeated look at rows that may differ. A row is equal if it has been found equal once,
 * because only a change can make it differ then, which the target gets like any other. It differs
 * for certain if the source's row is the same before and after the target's was read, and the
 * target had applied all commits up to the first of these looks: then it had to be equal. For one
 * use.
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
   * Rows that have been as they are for some time.
   *
   * @param source version of the source's row
   * @param lsn up to which, at most, commits were seen in the look at the source after both were
   *     first found: later than what any commit has done to them before, so that a row which has
   *     come and gone at the source is not taken for one that the target keeps
   * @param target version of the target's row
   * @param since when both were first found, as {@link System#nanoTime} tells it
   */
  private record Still(String source, long lsn, String target, long since) {

    /** These, if they are the same rows as before. */
    Still since(Still before) {
      return before != null && source.equals(before.source) && target.equals(before.target)
          ? before
          : this;
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
    long applied = target.appliedLsn();
    Map<Key, Look> found = target.look(open);
    removeEqual(open, before.rows(), found);
    if (open.isEmpty()) {
      return;
    }
    SourceRows.Seen after = source.look(open);
    long now = System.nanoTime();
    removeEqual(open, after.rows(), found);
    for (Key key : List.copyOf(open)) {
      Look last = after.rows().get(key);
      Look copy = found.get(key);
      String state = version(last);
      if (!version(before.rows().get(key)).equals(state)) {
        still.remove(key);
        continue;
      }
      Still known = new Still(state, after.lsn(), version(copy), now).since(still.get(key));
      still.put(key, known);
      boolean past = applied != TargetRows.UNKNOWN_LSN && applied >= known.lsn();
      boolean proven = past && now - known.since() >= SAME_FOR;
      if (proven || now - known.since() >= settle.toNanos()) {
        decide(key, last, copy, proven ? Certainty.PROVEN : Certainty.UNCHANGED);
        open.remove(key);
      }
    }
  }

  private static void removeEqual(Set<Key> open, Map<Key, Look> source, Map<Key, Look> target) {
    open.removeIf(key -> Objects.equals(cells(source.get(key)), cells(target.get(key))));
  }

  private static List<String> cells(Look look) {
    return look == null ? null : look.cells();
  }

  private static String version(Look look) {
    return look == null ? "" : look.version();
  }

  private void decide(Key key, Look source, Look target, Certainty certainty) {
    Kind kind = source == null ? Kind.EXTRA : target == null ? Kind.MISSING : Kind.CHANGED;
    differences.add(
        new Difference(
            key,
            kind,
            certainty,
            cells(source),
            cells(target),
            target == null ? null : target.version()));
  }
}

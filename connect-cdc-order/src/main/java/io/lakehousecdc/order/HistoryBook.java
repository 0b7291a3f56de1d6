// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.order;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The histories as one task knows them. Opens a history where events show a new one, and takes over
 * what other tasks have opened. Used by one thread.
 */
public final class HistoryBook {
  private final EpochPolicy policy;
  private Histories known = Histories.NONE;
  private int version;

  /**
   * @param policy how histories come about
   */
  public HistoryBook(EpochPolicy policy) {
    this.policy = policy;
  }

  /** What to commit with the rows that were placed so far. */
  public Histories known() {
    return known;
  }

  /** Takes the place of what was known: all that is stored for the connector. */
  public void learn(Histories stored) {
    change(stored);
  }

  /** Changes whenever what is known does. */
  int version() {
    return version;
  }

  private void change(Histories to) {
    if (!to.equals(known)) {
      known = to;
      version++;
    }
  }

  EpochPolicy policy() {
    return policy;
  }

  /** Remembers that a source feeds a table. */
  public void feeds(SourceId source, String table) {
    if (!known.tables().getOrDefault(source, Set.of()).contains(table)) {
      change(known.feeding(source, table));
    }
  }

  /**
   * Remembers that a source feeds a table from one of its own.
   *
   * @param sourceTable name of the source's table
   */
  public void feeds(SourceId source, String table, String sourceTable) {
    if (!known.isFed(source, table, sourceTable)) {
      change(known.feeding(source, table, sourceTable));
    }
  }

  /**
   * Epoch of a source at a time, opening its first history where it has none.
   *
   * @param micros commit time; {@link History#ALWAYS} where it is not known: then it is the newest
   */
  int epochAt(SourceId source, long micros) {
    ensureFirst(source, micros);
    long time = micros == History.ALWAYS ? Long.MAX_VALUE : micros;
    return known.at(source, time).epoch();
  }

  /**
   * The source is the one whose histories version 0.1 has stored without a name: a partition whose
   * state it has stored goes on with this source.
   */
  public void claims(SourceId source) {
    if (!source.equals(SourceId.UNKNOWN)) {
      change(known.claimedBy(source));
    }
  }

  private int least() {
    return policy.number().orElse(0);
  }

  private void ensureFirst(SourceId source, long micros) {
    List<History> own = known.of(source);
    if (own.isEmpty()) {
      change(known.opened(source, micros, least()));
      own = known.of(source);
    }
    // An operator's number is for everything that is read from now on.
    if (policy.number().isPresent() && own.get(own.size() - 1).epoch() < least()) {
      change(known.opened(source, History.ALWAYS, least()));
    }
  }

  /**
   * The source's LSNs have started over, as an event of the given time shows: the history that
   * follows, which another partition may have found already, or a new one.
   */
  int startedOver(SourceId source, int epoch, long micros) {
    Optional<History> next = known.after(source, epoch);
    if (next.isPresent()) {
      change(known.begun(next.get().epoch(), micros));
      return next.get().epoch();
    }
    change(known.opened(source, micros, least()));
    List<History> own = known.of(source);
    return own.get(own.size() - 1).epoch();
  }
}

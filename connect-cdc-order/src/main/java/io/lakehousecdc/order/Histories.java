// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.order;

import static java.util.Comparator.comparingInt;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All histories that a connector has seen, and which tables each source feeds, from which of its
 * own tables. Shared by all tasks and partitions of the connector, and kept in the target.
 * Immutable.
 *
 * <p>A history follows those of its source with lower epochs. Version 0.1 did not say whose
 * histories it kept: they are {@link SourceId#UNKNOWN}'s until a source {@link #claimedBy takes
 * them over}.
 */
public final class Histories {
  /**
   * Between a table and the source's table that feeds it, in a name of a feed; in no table's name.
   */
  private static final char FROM = '\t';

  /** None yet. */
  public static final Histories NONE = new Histories(List.of(), Map.of());

  private final List<History> all;
  private final Map<SourceId, List<History>> bySource;
  private final Map<SourceId, Set<String>> tables;

  private Histories(List<History> all, Map<SourceId, Set<String>> tables) {
    this.all = all.stream().sorted(comparingInt(History::epoch)).toList();
    this.bySource = this.all.stream().collect(Collectors.groupingBy(History::source));
    Map<SourceId, Set<String>> copy = new HashMap<>();
    tables.forEach((source, names) -> copy.put(source, Set.copyOf(names)));
    this.tables = Map.copyOf(copy);
  }

  /**
   * Histories as they were stored.
   *
   * @param all no two with one epoch
   * @param tables what each source feeds, as {@link #tables} tells
   */
  public static Histories of(List<History> all, Map<SourceId, Set<String>> tables) {
    return new Histories(all, tables);
  }

  /** All of them, in the order of their epochs. */
  public List<History> all() {
    return all;
  }

  /** Those of a source, in the order of their epochs; empty where it has none. */
  public List<History> of(SourceId source) {
    return bySource.getOrDefault(source, List.of());
  }

  /**
   * What each source feeds, to be stored as it is: names of tables, and beside them a name for each
   * table of the source that feeds one.
   */
  public Map<SourceId, Set<String>> tables() {
    return tables;
  }

  /** Sources other than {@code source} that feed the table. */
  public List<SourceId> othersFeeding(String table, SourceId source) {
    return tables.entrySet().stream()
        .filter(fed -> !fed.getKey().equals(source) && fed.getValue().contains(table))
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * Names of a source's own tables that feed the table, as far as its events told them.
   *
   * @param table name of the target's table
   */
  public Set<String> sourceTables(String table, SourceId source) {
    return tables.getOrDefault(source, Set.of()).stream()
        .filter(name -> name.indexOf(FROM) == table.length() && name.startsWith(table))
        .map(name -> name.substring(table.length() + 1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Whether the source is known to feed the table from that one of its own. */
  boolean isFed(SourceId source, String table, String sourceTable) {
    return feeds(source, table + FROM + sourceTable);
  }

  /** The history with that epoch. */
  public Optional<History> history(int epoch) {
    for (History history : all) { // Asked for single events: without a stream.
      if (history.epoch() == epoch) {
        return Optional.of(history);
      }
    }
    return Optional.empty();
  }

  /** Source of the history with that epoch; {@link SourceId#UNKNOWN} where there is none. */
  public SourceId sourceOf(int epoch) {
    return history(epoch).map(History::source).orElse(SourceId.UNKNOWN);
  }

  /**
   * Epoch of a source's history at a time: the newest that began by then; before the first, the
   * first.
   *
   * @param micros commit time, microseconds since the epoch
   * @return empty where the source has no history
   */
  public OptionalInt epochAt(SourceId source, long micros) {
    History history = at(source, micros);
    return history == null ? OptionalInt.empty() : OptionalInt.of(history.epoch());
  }

  /**
   * The history that {@link #epochAt} tells the epoch of; null where the source has none. Asked for
   * every event: it makes no object.
   */
  History at(SourceId source, long micros) {
    List<History> own = of(source);
    for (int i = own.size() - 1; i > 0; i--) {
      if (own.get(i).beganMicros() <= micros) {
        return own.get(i);
      }
    }
    return own.isEmpty() ? null : own.get(0);
  }

  /** The source's history that follows the one with {@code epoch}. */
  public Optional<History> after(SourceId source, int epoch) {
    return of(source).stream().filter(history -> history.epoch() > epoch).findFirst();
  }

  /**
   * The floor that a truncate or a completed snapshot makes.
   *
   * @param relation how sources that feed the table are related
   */
  public Floor floor(Position at, Floor.Cause cause, SourceRelation relation) {
    Optional<History> own = history(at.epoch());
    Set<Integer> earlier = new HashSet<>();
    Set<Integer> replaced = new HashSet<>();
    for (History each : all) {
      if (each.epoch() >= at.epoch()) {
        continue;
      }
      if (own.isEmpty() || each.source().equals(own.get().source())) {
        earlier.add(each.epoch());
      } else if (relation == SourceRelation.SUCCESSORS) {
        replaced.add(each.epoch());
      }
    }
    long began = own.map(History::beganMicros).orElse(History.ALWAYS);
    return new Floor(at, cause, earlier, replaced, began);
  }

  /**
   * With one more history. Its epoch is above all others; where it begins before every other, it is
   * below them: the backlog of an older source that is discovered late.
   *
   * @param least least epoch where there is no other history
   */
  Histories opened(SourceId source, long beganMicros, int least) {
    int epoch = least;
    if (!all.isEmpty()) {
      boolean oldest =
          beganMicros != History.ALWAYS
              && of(source).isEmpty()
              && all.stream().allMatch(history -> beganMicros < history.beganMicros());
      int greatest = all.get(all.size() - 1).epoch();
      epoch = oldest ? all.get(0).epoch() - 1 : Math.max(least, greatest + 1);
    }
    History opened = new History(epoch, source, beganMicros);
    return new Histories(Stream.concat(all.stream(), Stream.of(opened)).toList(), tables);
  }

  /** With a history that is known to have begun earlier. */
  Histories begun(int epoch, long beganMicros) {
    return new Histories(
        all.stream()
            .map(
                each ->
                    each.epoch() == epoch && beganMicros < each.beganMicros()
                        ? new History(epoch, each.source(), beganMicros)
                        : each)
            .toList(),
        tables);
  }

  /** With the histories of {@link SourceId#UNKNOWN} given to a source. */
  Histories claimedBy(SourceId source) {
    return new Histories(
        all.stream()
            .map(
                each ->
                    each.source().equals(SourceId.UNKNOWN)
                        ? new History(each.epoch(), source, each.beganMicros())
                        : each)
            .toList(),
        tables);
  }

  /** With a table that a source feeds. */
  Histories feeding(SourceId source, String table) {
    Map<SourceId, Set<String>> more = new HashMap<>(tables);
    Set<String> names = new HashSet<>(more.getOrDefault(source, Set.of()));
    names.add(table);
    more.put(source, names);
    return new Histories(all, more);
  }

  /**
   * With a table that a source feeds from one of its own.
   *
   * @param sourceTable name of the source's table
   */
  Histories feeding(SourceId source, String table, String sourceTable) {
    return feeding(source, table).feeding(source, table + FROM + sourceTable);
  }

  /**
   * Whether whoever knows these misses nothing that matters of what is stored: each stored history
   * is known, and not to have begun later than stored; and of each table that several sources feed,
   * or several tables of one, all of them are known.
   */
  public boolean include(Histories stored) {
    for (History each : stored.all) {
      Optional<History> known = history(each.epoch());
      boolean same =
          known.isPresent()
              && (known.get().source().equals(each.source())
                  || each.source().equals(SourceId.UNKNOWN))
              && known.get().beganMicros() <= each.beganMicros();
      if (!same) {
        return false;
      }
    }
    return stored.tables.entrySet().stream()
        .allMatch(
            fed ->
                fed.getValue().stream()
                    .allMatch(table -> feeds(fed.getKey(), table) || isAlone(fed.getKey(), table)));
  }

  private boolean feeds(SourceId source, String table) {
    return tables.getOrDefault(source, Set.of()).contains(table);
  }

  private boolean isAlone(SourceId source, String fed) {
    int from = fed.indexOf(FROM);
    String table = from < 0 ? fed : fed.substring(0, from);
    boolean aloneOfSource =
        from < 0 || Set.of(fed.substring(from + 1)).containsAll(sourceTables(table, source));
    return aloneOfSource && othersFeeding(table, source).isEmpty();
  }

  /** All that either knows; of a history that both know, the earlier beginning. */
  public Histories union(Histories other) {
    Map<Integer, History> union = new HashMap<>();
    Stream.concat(all.stream(), other.all.stream())
        .forEach(history -> union.merge(history.epoch(), history, Histories::earlier));
    Map<SourceId, Set<String>> fed = new HashMap<>();
    Stream.of(tables, other.tables)
        .forEach(
            each ->
                each.forEach(
                    (source, names) ->
                        fed.computeIfAbsent(source, key -> new HashSet<>()).addAll(names)));
    return new Histories(new ArrayList<>(union.values()), fed);
  }

  private static History earlier(History a, History b) {
    SourceId source = a.source().equals(SourceId.UNKNOWN) ? b.source() : a.source();
    return new History(a.epoch(), source, Math.min(a.beganMicros(), b.beganMicros()));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Histories histories
        && all.equals(histories.all)
        && tables.equals(histories.tables);
  }

  @Override
  public int hashCode() {
    return 31 * all.hashCode() + tables.hashCode();
  }

  @Override
  public String toString() {
    return all + " feeding " + tables;
  }
}

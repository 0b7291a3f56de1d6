// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.schema;

import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.change.Column;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is known of the columns of a target table's source: which it has, which it had. A target
 * keeps it with the table, so that a column that is dropped while nobody reads, or by a change that
 * another task reads, is noticed all the same.
 *
 * <p>Only streamed changes tell of a drop: rows of a snapshot hold generated columns, which the
 * stream leaves out, and a column that never was in the stream is none that could be missed there.
 * A change below the newest one known tells nothing: it may be late, from another partition. Hence
 * a column that is dropped and added again goes unnoticed where all changes in between come late,
 * and its old values stay: they are rather kept than new ones lost.
 *
 * <p>A table that is fed by several tables of the source is not followed at all. Immutable.
 */
public final class ColumnHistory {
  private static final String SHARED_MARK = "*";

  /** Nothing is known yet. */
  public static final ColumnHistory EMPTY =
      new ColumnHistory(Optional.empty(), Position.START, Set.of(), Map.of());

  private static final ColumnHistory SHARED =
      new ColumnHistory(Optional.of(SHARED_MARK), Position.START, Set.of(), Map.of());

  private final Optional<String> sourceTable;
  private final Position newest;
  private final Set<String> live;
  private final Map<String, Position> gone;

  /**
   * @param newest position of the newest change known
   * @param live columns that the source had then
   * @param gone columns that were dropped once, each with the newest position then known to be
   *     without it (or, of one that is still missing, before it was missed)
   */
  private ColumnHistory(
      Optional<String> sourceTable, Position newest, Set<String> live, Map<String, Position> gone) {
    this.sourceTable = sourceTable;
    this.newest = newest;
    this.live = live;
    this.gone = gone;
  }

  /** What is known after some changes; this instance where they tell nothing. */
  public ColumnHistory after(List<ObservedSchema> sightings) {
    ColumnHistory now = this;
    for (ObservedSchema each :
        sightings.size() < 2
            ? sightings
            : sightings.stream().sorted(Comparator.comparing(ObservedSchema::first)).toList()) {
      now = now.after(each);
    }
    return now;
  }

  private ColumnHistory after(ObservedSchema seen) {
    if (isShared()) {
      return this;
    }
    if (sourceTable.isPresent() && !sourceTable.equals(seen.schema().sourceTable())) {
      return SHARED;
    }
    if (!newest.isBelow(seen.last())) {
      return this;
    }
    Set<String> names = new LinkedHashSet<>();
    for (Column column : seen.schema().columns()) {
      names.add(column.name());
    }
    if (seen.read()) {
      names.retainAll(dropped());
      if (names.isEmpty()) {
        return this;
      }
      names.addAll(live);
    }
    if (names.equals(live)) {
      return new ColumnHistory(sourceTable, seen.last(), live, gone);
    }
    Map<String, Position> left = new HashMap<>(gone);
    for (String name : live) {
      if (!names.contains(name)) {
        left.put(name, newest);
      }
    }
    for (String name : names) {
      if (!live.contains(name)) {
        left.replace(name, newest);
      }
    }
    return new ColumnHistory(
        seen.schema().sourceTable(), seen.last(), Collections.unmodifiableSet(names), left);
  }

  /** Whether several tables of the source feed the table, so that nothing is followed. */
  public boolean isShared() {
    return this == SHARED;
  }

  /** Columns that the source had, and has no more. */
  public Set<String> dropped() {
    Set<String> dropped = new TreeSet<>(gone.keySet());
    dropped.removeAll(live);
    return dropped;
  }

  /** Columns dropped since {@code earlier}. */
  public Set<String> droppedSince(ColumnHistory earlier) {
    Set<String> dropped = dropped();
    dropped.removeAll(earlier.dropped());
    return dropped;
  }

  /** Columns that were dropped and have come back since {@code earlier}: values of old are void. */
  public Set<String> returnedSince(ColumnHistory earlier) {
    Set<String> returned = new TreeSet<>();
    voidUpTo()
        .forEach(
            (name, position) -> {
              boolean known = earlier.live.contains(name);
              if (!known || !position.equals(earlier.gone.get(name))) {
                returned.add(name);
              }
            });
    return returned;
  }

  /**
   * Columns that the source has anew, under the name of one that it dropped, each with the position
   * up to which changes hold values of the dropped one.
   */
  public Map<String, Position> voidUpTo() {
    Map<String, Position> returned = new HashMap<>();
    gone.forEach(
        (name, position) -> {
          if (live.contains(name)) {
            returned.put(name, position);
          }
        });
    return returned;
  }

  /** Whether the other knows the same columns, apart from the newest position. */
  public boolean sameColumns(ColumnHistory other) {
    return sourceTable.equals(other.sourceTable)
        && live.equals(other.live)
        && gone.equals(other.gone);
  }

  /** Text that {@link #parse} reads. */
  public String text() {
    List<String> lines = new ArrayList<>();
    lines.add(newest + " " + encoded(sourceTable.orElse("")));
    new TreeSet<>(live).forEach(name -> lines.add("live " + encoded(name)));
    new TreeMap<>(gone)
        .forEach((name, position) -> lines.add("gone " + encoded(name) + " " + position));
    return String.join("\n", lines);
  }

  /**
   * Reads what {@link #text} wrote.
   *
   * @throws IllegalArgumentException it is something else
   */
  public static ColumnHistory parse(String text) {
    String[] lines = text.split("\n");
    String[] head = words(lines[0], 2, text);
    String table = decoded(head[1]);
    if (table.equals(SHARED_MARK)) {
      return SHARED;
    }
    Set<String> live = new LinkedHashSet<>();
    Map<String, Position> gone = new HashMap<>();
    for (int i = 1; i < lines.length; i++) {
      if (lines[i].startsWith("live ")) {
        live.add(decoded(words(lines[i], 2, text)[1]));
      } else {
        String[] words = words(lines[i], 3, text);
        gone.put(decoded(words[1]), position(words[2], text));
      }
    }
    return new ColumnHistory(
        Optional.of(table), position(head[0], text), Collections.unmodifiableSet(live), gone);
  }

  private static String[] words(String line, int count, String text) {
    String[] words = line.split(" ", -1);
    if (words.length != count) {
      throw unreadable(text);
    }
    return words;
  }

  private static Position position(String word, String text) {
    String[] parts = word.split("/", -1);
    if (parts.length != 3) {
      throw unreadable(text);
    }
    return new Position(
        Integer.parseInt(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
  }

  private static IllegalArgumentException unreadable(String text) {
    return new IllegalArgumentException("No history of columns: " + text);
  }

  private static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8);
  }

  private static String decoded(String word) {
    return URLDecoder.decode(word, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ColumnHistory that && sameColumns(that) && newest.equals(that.newest);
  }

  @Override
  public int hashCode() {
    return Objects.hash(sourceTable, newest, live, gone);
  }

  @Override
  public String toString() {
    return text();
  }
}

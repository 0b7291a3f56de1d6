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
 * The history of a source table's columns: which columns it has, and which it had and dropped. A
 * target stores it with the table, so that a drop is noticed after a restart, and also when another
 * task reads the first change after it.
 *
 * <p>Only streamed changes prove a drop. Rows of a snapshot hold generated columns, which streamed
 * changes leave out, so a column that was never in a streamed change does not count as dropped. A
 * change below the newest position is ignored: it may come late from another partition. Therefore a
 * column that is dropped and added again is missed if all changes in between come late. Its old
 * values are then kept, because the alternative could delete new ones.
 *
 * <p>A table that several source tables write to is not followed. Immutable.
 */
public final class ColumnHistory {
  private static final String SHARED_MARK = "*";

  /** The history of a table of which no change has been seen. */
  public static final ColumnHistory EMPTY =
      new ColumnHistory(Optional.empty(), Position.LOWEST, Set.of(), Map.of());

  private static final ColumnHistory SHARED =
      new ColumnHistory(Optional.of(SHARED_MARK), Position.LOWEST, Set.of(), Map.of());

  private final Optional<String> sourceTable;
  private final Position newest;
  private final Set<String> live;
  private final Map<String, Position> gone;

  /**
   * @param newest greatest position of all changes seen
   * @param live columns that the source had at {@code newest}
   * @param gone columns that were dropped at some time, each with the position of the last change
   *     seen without it or, while it is still missing, of the last change seen with it
   */
  private ColumnHistory(
      Optional<String> sourceTable, Position newest, Set<String> live, Map<String, Position> gone) {
    this.sourceTable = sourceTable;
    this.newest = newest;
    this.live = live;
    this.gone = gone;
  }

  /** The history after some more changes; this instance if they bring nothing new. */
  public ColumnHistory after(List<ObservedSchema> observed) {
    ColumnHistory now = this;
    for (ObservedSchema each :
        observed.size() < 2
            ? observed
            : observed.stream().sorted(Comparator.comparing(ObservedSchema::first)).toList()) {
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

  /** Whether several source tables write to the table, so that its columns are not followed. */
  public boolean isShared() {
    return this == SHARED;
  }

  /** Whether the source has or had the column, as far as its changes have shown. */
  public boolean everHad(String name) {
    return live.contains(name) || gone.containsKey(name);
  }

  /** Columns that the source had and does not have any more. */
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

  /**
   * Columns that were dropped and have been added again since {@code earlier}: the values stored
   * before are those of the dropped column.
   */
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
   * Columns that the source dropped and added again, each with the position up to which changes
   * hold values of the dropped column.
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

  /** Whether both histories have the same columns, whatever their newest positions. */
  public boolean sameColumns(ColumnHistory other) {
    return sourceTable.equals(other.sourceTable)
        && live.equals(other.live)
        && gone.equals(other.gone);
  }

  /** The history as text, for {@link #parse}. */
  public String text() {
    List<String> lines = new ArrayList<>();
    lines.add(newest + " " + encoded(sourceTable.orElse("")));
    new TreeSet<>(live).forEach(name -> lines.add("live " + encoded(name)));
    new TreeMap<>(gone)
        .forEach((name, position) -> lines.add("gone " + encoded(name) + " " + position));
    return String.join("\n", lines);
  }

  /**
   * Parses what {@link #text} wrote.
   *
   * @throws IllegalArgumentException the text has another form
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
    return new IllegalArgumentException("Not a history of columns: " + text);
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

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.domain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Floor.Cause;
import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.order.SourceRelation;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The floors that a table remembers: the highest of each epoch, or all where it holds versions.
 * Which histories they hold for is not stored, because more may be known of that when they are
 * used. Immutable.
 */
public final class RememberedFloors {
  /** Name of the domain that keeps them. */
  public static final String NAME = "lakehousecdc.truncate";

  /**
   * Name of the table property by which users have a floor forgotten, and lower ones of its epoch:
   * its position, as {@link #text(Position)} writes it.
   */
  public static final String FORGOTTEN = "lakehousecdc.floor.forgotten";

  private static final String TIME = "micros";

  /** None. */
  public static final RememberedFloors NONE = new RememberedFloors(new TreeMap<>());

  private final TreeMap<Position, Mark> marks;

  private record Mark(Position at, Cause cause, long micros) {}

  private RememberedFloors(TreeMap<Position, Mark> marks) {
    this.marks = marks;
  }

  /** What a table remembers. */
  public static RememberedFloors of(Map<String, String> domains) {
    return of(NAME, domains);
  }

  /** What a domain remembers. Version 0.1 wrote a single truncate. */
  public static RememberedFloors of(String name, Map<String, String> domains) {
    String text = domains.get(name);
    if (text == null) {
      return NONE;
    }
    JsonNode node = DomainJson.parse(name, text);
    TreeMap<Position, Mark> marks = new TreeMap<>();
    if (node.has("floors")) {
      for (JsonNode each : node.path("floors")) {
        add(marks, new Mark(DomainJson.position(each), cause(each), each.path(TIME).longValue()));
      }
    } else {
      add(marks, new Mark(DomainJson.position(node), Cause.TRUNCATE, 0));
    }
    return new RememberedFloors(marks);
  }

  /**
   * Without those that users have had forgotten.
   *
   * @param forgotten value of {@link #FORGOTTEN}; what is no position has no effect
   */
  public RememberedFloors without(String forgotten) {
    TreeMap<Position, Mark> left = new TreeMap<>(marks);
    left.values().removeIf(mark -> isForgotten(mark.at(), forgotten.trim()));
    return new RememberedFloors(left);
  }

  private static boolean isForgotten(Position at, String forgotten) {
    String[] parts = forgotten.split(":", -1);
    try {
      return parts.length == 3
          && Integer.parseInt(parts[0]) == at.epoch()
          && !new Position(at.epoch(), Long.parseLong(parts[1]), Long.parseLong(parts[2]))
              .isBelow(at);
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** A position as {@link #FORGOTTEN} takes it. */
  public static String text(Position at) {
    return at.epoch() + ":" + at.commitLsn() + ":" + at.lsn();
  }

  /** With further floors, of which the highest of each epoch counts. */
  public RememberedFloors with(Collection<Floor> floors) {
    if (floors.isEmpty()) {
      return this;
    }
    TreeMap<Position, Mark> more = new TreeMap<>(marks);
    floors.forEach(floor -> add(more, mark(floor)));
    TreeMap<Position, Mark> highest = new TreeMap<>();
    for (Mark mark : more.values()) {
      highest.keySet().removeIf(lower -> lower.epoch() == mark.at().epoch());
      add(highest, mark);
    }
    return new RememberedFloors(highest);
  }

  /** With further floors, of which each counts; the lowest are forgotten where they are many. */
  public RememberedFloors withAll(Collection<Floor> floors) {
    if (floors.isEmpty()) {
      return this;
    }
    TreeMap<Position, Mark> more = new TreeMap<>(marks);
    floors.forEach(floor -> add(more, mark(floor)));
    while (more.size() > Floor.MOST_REMEMBERED) {
      more.pollFirstEntry();
    }
    return new RememberedFloors(more);
  }

  private static Mark mark(Floor floor) {
    return new Mark(floor.at(), floor.cause(), floor.atMicros());
  }

  /**
   * The floors, as they hold by what is known now.
   *
   * @param relation how sources that feed the table are related
   */
  public List<Floor> floors(Histories known, SourceRelation relation) {
    return marks.values().stream()
        .map(mark -> known.floor(mark.at(), mark.cause(), relation).atTime(mark.micros()))
        .toList();
  }

  /** What to keep in the domain; the highest has a place of its own, which version 0.1 reads. */
  public String text() {
    ObjectNode node = DomainJson.MAPPER.createObjectNode();
    if (!marks.isEmpty()) {
      DomainJson.put(node, marks.lastEntry().getValue().at());
    }
    ArrayNode floors = node.putArray("floors");
    for (Mark mark : marks.values()) {
      DomainJson.put(floors.addObject(), mark.at())
          .put("cause", mark.cause().name())
          .put(TIME, mark.micros());
    }
    return node.toString();
  }

  private static void add(Map<Position, Mark> marks, Mark added) {
    marks.putIfAbsent(added.at(), added);
  }

  private static Cause cause(JsonNode node) {
    return Cause.SWEEP.name().equals(node.path("cause").textValue()) ? Cause.SWEEP : Cause.TRUNCATE;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RememberedFloors floors && marks.equals(floors.marks);
  }

  @Override
  public int hashCode() {
    return marks.hashCode();
  }

  @Override
  public String toString() {
    return marks.values().toString();
  }
}

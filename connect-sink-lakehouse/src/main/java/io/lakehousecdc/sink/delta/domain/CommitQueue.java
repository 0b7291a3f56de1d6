// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.domain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The queue of the processes that have lost a table's next commit to others, as a metadata domain
 * of the table keeps it. A courtesy only: what is committed is decided by the log, whoever waits.
 * Immutable.
 *
 * @param waiting in their order
 */
public record CommitQueue(List<Ticket> waiting) {
  /** Name of the domain that keeps it. */
  public static final String NAME = "lakehousecdc.turns";

  private static final String WAITING = "waiting";
  private static final String ID = "id";
  private static final String MILLIS = "millis";

  /**
   * A place in the queue.
   *
   * @param id unique to the one time that a process asks for a turn
   * @param millis how long the others should leave the table to it, once it is the first
   */
  public record Ticket(String id, long millis) {}

  public CommitQueue {
    waiting = List.copyOf(waiting);
  }

  /** The queue of a table. */
  public static CommitQueue of(Map<String, String> domains) {
    String text = domains.get(NAME);
    if (text == null) {
      return new CommitQueue(List.of());
    }
    List<Ticket> waiting = new ArrayList<>();
    for (JsonNode each : DomainJson.parse(NAME, text).path(WAITING)) {
      waiting.add(new Ticket(each.path(ID).asText(""), each.path(MILLIS).longValue()));
    }
    return new CommitQueue(waiting);
  }

  /** Who is the first; empty where nobody waits. */
  public Optional<Ticket> first() {
    return waiting.stream().findFirst();
  }

  public boolean contains(Ticket ticket) {
    return waiting.contains(ticket);
  }

  /** With one more, at the end. */
  public CommitQueue with(Ticket last) {
    List<Ticket> longer = new ArrayList<>(waiting);
    longer.add(last);
    return new CommitQueue(longer);
  }

  public CommitQueue without(Predicate<Ticket> leaving) {
    return new CommitQueue(waiting.stream().filter(leaving.negate()).toList());
  }

  /** What to keep in the domain; empty where nobody waits. */
  public Optional<String> text() {
    if (waiting.isEmpty()) {
      return Optional.empty();
    }
    ObjectNode node = DomainJson.MAPPER.createObjectNode();
    ArrayNode all = node.putArray(WAITING);
    waiting.forEach(ticket -> all.addObject().put(ID, ticket.id()).put(MILLIS, ticket.millis()));
    return Optional.of(node.toString());
  }
}

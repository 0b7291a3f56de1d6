// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.domain;

import static java.util.Comparator.comparing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.History;
import io.lakehousecdc.order.SourceId;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The format of the metadata domain in which a table keeps the histories of a connector. */
public final class HistoriesDomain {
  private static final String PREFIX = "lakehousecdc.histories.";
  private static final Comparator<SourceId> BY_NAME =
      comparing(SourceId::name)
          .thenComparing(SourceId::database)
          .thenComparing(SourceId::connector);

  private HistoriesDomain() {}

  /** Name of the domain of a connector. */
  public static String name(String connector) {
    return PREFIX + URLEncoder.encode(connector, StandardCharsets.UTF_8);
  }

  /** The histories among a table's domains; empty where there are none. */
  public static Optional<Histories> histories(String connector, Map<String, String> domains) {
    String name = name(connector);
    return Optional.ofNullable(domains.get(name)).map(text -> parse(name, text));
  }

  /** The histories as text; equal ones have the same. */
  public static String text(Histories histories) {
    ObjectNode node = DomainJson.MAPPER.createObjectNode();
    ArrayNode all = node.putArray("histories");
    for (History each : histories.all()) {
      ObjectNode history = all.addObject().put("epoch", each.epoch());
      put(history, each.source()).put("beganMicros", each.beganMicros());
    }
    ArrayNode feeds = node.putArray("feeds");
    List<SourceId> sources = new ArrayList<>(histories.tables().keySet());
    sources.sort(BY_NAME);
    for (SourceId source : sources) {
      ArrayNode tables = put(feeds.addObject(), source).putArray("tables");
      new TreeSet<>(histories.tables().get(source)).forEach(tables::add);
    }
    return node.toString();
  }

  private static Histories parse(String name, String text) {
    JsonNode node = DomainJson.parse(name, text);
    List<History> all = new ArrayList<>();
    for (JsonNode each : node.path("histories")) {
      all.add(
          new History(
              each.path("epoch").intValue(), source(each), each.path("beganMicros").longValue()));
    }
    Map<SourceId, Set<String>> feeds = new HashMap<>();
    for (JsonNode each : node.path("feeds")) {
      Set<String> tables = new HashSet<>();
      each.path("tables").forEach(table -> tables.add(table.textValue()));
      feeds.put(source(each), tables);
    }
    return Histories.of(all, feeds);
  }

  private static ObjectNode put(ObjectNode node, SourceId source) {
    node.putArray("source").add(source.name()).add(source.database()).add(source.connector());
    return node;
  }

  private static SourceId source(JsonNode node) {
    JsonNode source = node.path("source");
    return new SourceId(
        source.path(0).asText(""), source.path(1).asText(""), source.path(2).asText(""));
  }
}

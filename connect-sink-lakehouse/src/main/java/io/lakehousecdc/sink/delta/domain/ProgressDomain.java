// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.domain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lakehousecdc.sink.spi.SourceProgress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The format of the metadata domain that tells up to where the sources of a connector are read. */
public final class ProgressDomain {
  private static final String PREFIX = "lakehousecdc.progress.";

  private ProgressDomain() {}

  /** Name of the domain of a connector. */
  public static String name(String connector) {
    return PREFIX + URLEncoder.encode(connector, StandardCharsets.UTF_8);
  }

  /** The progress among a table's domains, by source; empty where there is none. */
  public static SortedMap<String, SourceProgress> progress(
      String connector, Map<String, String> domains) {
    String name = name(connector);
    String text = domains.get(name);
    SortedMap<String, SourceProgress> progress = new TreeMap<>();
    if (text != null) {
      DomainJson.parse(name, text)
          .fields()
          .forEachRemaining(
              each -> progress.put(each.getKey(), progress(each.getKey(), each.getValue())));
    }
    return progress;
  }

  private static SourceProgress progress(String source, JsonNode node) {
    return new SourceProgress(
        source,
        node.path("transaction").textValue(),
        node.path("commitLsn").longValue(),
        node.path("commitMillis").longValue());
  }

  /** The progress as text, by source; equal ones have the same. */
  public static String text(SortedMap<String, SourceProgress> progress) {
    ObjectNode node = DomainJson.MAPPER.createObjectNode();
    progress.forEach(
        (source, each) ->
            node.putObject(source)
                .put("transaction", each.transaction())
                .put("commitLsn", each.commitLsn())
                .put("commitMillis", each.commitMillis()));
    return node.toString();
  }
}

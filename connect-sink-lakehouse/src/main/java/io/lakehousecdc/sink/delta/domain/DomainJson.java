// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.domain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.error.FatalException;

/** JSON as metadata domains hold it. */
final class DomainJson {
  static final ObjectMapper MAPPER = new ObjectMapper();

  private DomainJson() {}

  /**
   * The content of a domain.
   *
   * @throws FatalException it is none of this sink's
   */
  static JsonNode parse(String name, String value) {
    try {
      return MAPPER.readTree(value);
    } catch (JsonProcessingException e) {
      throw new FatalException(
          "The metadata domain " + name + " is not one that this sink wrote: " + value, e);
    }
  }

  /** Adds a position, in fields of its own. */
  static ObjectNode put(ObjectNode node, Position position) {
    return node.put("epoch", position.epoch())
        .put("commitLsn", position.commitLsn())
        .put("lsn", position.lsn());
  }

  /** The position that {@link #put} has added. */
  static Position position(JsonNode node) {
    return new Position(
        node.path("epoch").intValue(),
        node.path("commitLsn").longValue(),
        node.path("lsn").longValue());
  }
}

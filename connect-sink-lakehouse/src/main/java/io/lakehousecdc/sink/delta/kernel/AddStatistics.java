// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The statistics of a file, as JSON.
 *
 * @see <a href="https://github.com/delta-io/delta/blob/master/PROTOCOL.md">Delta protocol: Per-file
 *     Statistics</a>
 */
public final class AddStatistics {
  private static final ObjectMapper JSON = new ObjectMapper();

  private AddStatistics() {}

  public static JsonNode parse(String stats) throws JsonProcessingException {
    return JSON.readTree(stats);
  }

  /**
   * Number of rows in the file, deleted ones included; -1 where the statistics do not tell.
   *
   * @param stats may be null
   */
  public static long records(String stats) {
    if (stats == null) {
      return -1;
    }
    try {
      return JSON.readTree(stats).path("numRecords").asLong(-1);
    } catch (JsonProcessingException e) {
      return -1;
    }
  }

  /**
   * The statistics of a file once it has a deletion vector: bounds need no longer be attained, and
   * the number of rows has to be told, also where the file came without.
   *
   * @param stats may be null
   * @param rows number of rows in the file, deleted ones included
   */
  public static String loosened(String stats, long rows) {
    ObjectNode loosened = JSON.createObjectNode();
    try {
      if (stats != null && JSON.readTree(stats) instanceof ObjectNode known) {
        loosened = known;
      }
    } catch (JsonProcessingException e) {
      // Statistics of another writer that nobody can read are as good as none.
    }
    return loosened.put("numRecords", rows).put("tightBounds", false).toString();
  }
}

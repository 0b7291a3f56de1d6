package io.lakehousecdc.sink.target.delta.kernel;

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
public final class FileStatistics {
  private static final ObjectMapper JSON = new ObjectMapper();

  private FileStatistics() {}

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
   * The same statistics of a file that has a deletion vector: bounds need no longer be attained.
   */
  public static String loosened(String stats) {
    try {
      if (stats != null && JSON.readTree(stats) instanceof ObjectNode node) {
        return node.put("tightBounds", false).toString();
      }
    } catch (JsonProcessingException e) {
      // Statistics of another writer that nobody can read: they are handed on as they are.
    }
    return stats;
  }
}

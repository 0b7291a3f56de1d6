// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import java.util.Map;
import java.util.TreeMap;

/** The configuration of the stock Debezium source connector for tests. */
public final class DebeziumSource {
  private DebeziumSource() {}

  /**
   * A source with Debezium's defaults, except for shorter waits so that tests run fast. Slot and
   * publication are named after the topic prefix.
   *
   * @param topicPrefix lower case letters, digits and underscores
   * @param tables regular expressions, comma separated, such as {@code public.orders}
   * @return a new map, free to change
   */
  public static Map<String, String> configuration(
      PostgresDatabase database, String topicPrefix, String tables) {
    Map<String, String> configuration = new TreeMap<>();
    configuration.put("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
    configuration.put("tasks.max", "1");
    configuration.put("database.hostname", database.host());
    configuration.put("database.port", "" + database.port());
    configuration.put("database.user", database.user());
    configuration.put("database.password", database.password());
    configuration.put("database.dbname", database.name());
    configuration.put("topic.prefix", topicPrefix);
    configuration.put("table.include.list", tables);
    configuration.put("plugin.name", "pgoutput");
    configuration.put("slot.name", topicPrefix);
    configuration.put("publication.name", topicPrefix);
    configuration.put("publication.autocreate.mode", "filtered");
    configuration.put("poll.interval.ms", "50");
    configuration.put("slot.retry.delay.ms", "1000");
    configuration.put("slot.max.retries", "60");
    configuration.put("retriable.restart.connector.wait.ms", "1000");
    return configuration;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.decode.table.SourceTable;
import io.lakehousecdc.sink.decode.table.TableNaming;
import io.lakehousecdc.sink.decode.type.DecodeException;
import io.lakehousecdc.sink.error.Disclosure;
import io.lakehousecdc.sink.pipeline.StatusOptions;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;

/** The settings of the status of tables, which is kept for people. */
final class StatusSettings {
  static final String INTERVAL_MS = "status.interval.ms";
  private static final long OFF = -1;

  private StatusSettings() {}

  /** Adds their definitions. */
  static void define(ConfigDef definition) {
    new SettingGroup("Status")
        .number(
            definition,
            INTERVAL_MS,
            5_000L,
            OFF,
            "Shortest time between two writes of the status of tables to _cdc_status, which tells"
                + " people how far each table is (see OPERATIONS). In PostgreSQL it is written with"
                + " the rows, in Delta beside them. 0: with every commit; -1: not at all.");
  }

  static StatusOptions options(SinkConfig config) {
    long interval = config.getLong(INTERVAL_MS);
    TableNaming naming = config.decodeOptions().naming();
    return new StatusOptions(
        interval == OFF ? Optional.empty() : Optional.of(Duration.ofMillis(interval)),
        config.disclosure() == Disclosure.VALUES
            ? StatusOptions.Reasons.KINDS
            : StatusOptions.Reasons.MESSAGES,
        topic -> table(naming, topic));
  }

  private static TableId table(TableNaming naming, String topic) {
    try {
      return naming.table(SourceTable.ofTopic(topic), topic);
    } catch (DecodeException e) {
      // The name needs what only a record tells.
      return new TableId("", topic);
    }
  }
}

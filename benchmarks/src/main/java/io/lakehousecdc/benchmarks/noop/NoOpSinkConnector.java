// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.noop;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;

/** The connector of {@link NoOpSinkTask}; it needs no settings of its own. */
public final class NoOpSinkConnector extends SinkConnector {
  static final String VERSION = "1";

  @Override
  public String version() {
    return VERSION;
  }

  @Override
  public void start(Map<String, String> configuration) {}

  @Override
  public Class<? extends Task> taskClass() {
    return NoOpSinkTask.class;
  }

  @Override
  public List<Map<String, String>> taskConfigs(int maxTasks) {
    return Collections.nCopies(maxTasks, Map.of());
  }

  @Override
  public void stop() {}

  @Override
  public ConfigDef config() {
    return new ConfigDef();
  }
}

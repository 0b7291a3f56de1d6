// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;

/** The recommender that shows a target's settings only if that target is selected. */
record RelevantTo(String key) implements ConfigDef.Recommender {
  @Override
  public List<Object> validValues(String name, Map<String, Object> parsed) {
    return List.of();
  }

  @Override
  public boolean visible(String name, Map<String, Object> parsed) {
    int dot = key.indexOf('.');
    boolean ofTarget = dot > 0 && Targets.named(key.substring(0, dot)).isPresent();
    return !ofTarget || key.startsWith(parsed.get(SinkSettings.TARGET) + ".");
  }
}

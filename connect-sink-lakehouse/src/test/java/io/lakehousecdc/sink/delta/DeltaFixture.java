// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.table.DeltaSettings;
import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Opens Delta targets for tests. */
final class DeltaFixture {
  private DeltaFixture() {}

  /** A target that shares nothing with others in this process. */
  static Target open(
      FileIO store,
      Path root,
      TableOptions options,
      TargetContext context,
      Map<String, String> settings) {
    return open(new DeltaTables(), store, root, options, context, settings);
  }

  /** A target on any store that shares nothing with others in this process. */
  static Target open(
      FileIO store,
      String root,
      TableOptions options,
      TargetContext context,
      Map<String, String> settings) {
    return open(new DeltaTables(), store, root, options, context, settings);
  }

  /** A target that shares tables with others, as tasks of a process do. */
  static Target open(
      DeltaTables tables,
      FileIO store,
      Path root,
      TableOptions options,
      TargetContext context,
      Map<String, String> settings) {
    return open(tables, store, root.toString(), options, context, settings);
  }

  /** A target on any store that shares tables with others. */
  static Target open(
      DeltaTables tables,
      FileIO store,
      String root,
      TableOptions options,
      TargetContext context,
      Map<String, String> settings) {
    Map<String, String> values = new HashMap<>();
    for (Setting setting : DeltaSettings.ALL) {
      if (setting.defaultValue() != null) {
        values.put(setting.key(), setting.defaultValue());
      }
    }
    values.put(DeltaSettings.ROOT, root);
    values.putAll(settings);
    return DeltaTargetFactory.open(tables, store, new TargetSettings(values, options), context);
  }
}

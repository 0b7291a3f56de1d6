// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.gcs;

import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;

/** Stores of Google Cloud Storage for tests. */
public final class GcsBucket {
  private GcsBucket() {}

  /** The store at an address, without credentials. */
  public static FileIO store(URI endpoint, StoreFigures figures) {
    return store(figures, Map.of(GcsSettings.ENDPOINT, endpoint.toString()));
  }

  /** A store with settings beside the defaults. */
  static FileIO store(StoreFigures figures, Map<String, String> settings) {
    return new GcsStoreFactory().open("gs://lake", settings(settings), figures);
  }

  static TargetSettings settings(Map<String, String> given) {
    Map<String, String> values = new HashMap<>();
    for (Setting setting : GcsSettings.ALL) {
      if (setting.defaultValue() != null) {
        values.put(setting.key(), setting.defaultValue());
      }
    }
    values.putAll(given);
    return new TargetSettings(values, null);
  }
}

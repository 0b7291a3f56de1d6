// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.azure;

import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.StoreCredentials;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.TargetSettings;
import io.lakehousecdc.testkit.Azurite;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;

/** Containers of Azurite's account, and stores that use them. */
public final class AzureContainer {
  private AzureContainer() {}

  /** Root of a container, resolved. */
  public static String root(String container) {
    return "abfss://" + container + "@" + Azurite.ACCOUNT + ".dfs.core.windows.net";
  }

  /** The store of the account, with its key. */
  public static FileIO store(URI endpoint, StoreFigures figures) {
    return store(
        root("lake"),
        figures,
        Map.of(
            AzureSettings.ENDPOINT, endpoint.toString(), AzureSettings.ACCOUNT_KEY, Azurite.KEY));
  }

  /** A store with settings beside the defaults. */
  static FileIO store(String root, StoreFigures figures, Map<String, String> settings) {
    return new AzureStoreFactory().open(root, settings(settings), figures);
  }

  /** The store of the account, with credentials of another service. */
  static FileIO store(URI endpoint, StoreCredentials credentials) {
    return new AzureStoreFactory()
        .open(
            root("lake"),
            settings(Map.of(AzureSettings.ENDPOINT, endpoint.toString())),
            new StoreFigures(),
            credentials);
  }

  static TargetSettings settings(Map<String, String> given) {
    Map<String, String> values = new HashMap<>();
    for (Setting setting : AzureSettings.ALL) {
      if (setting.defaultValue() != null) {
        values.put(setting.key(), setting.defaultValue());
      }
    }
    values.putAll(given);
    return new TargetSettings(values, null);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.azure;

import io.lakehousecdc.sink.delta.rest.Answer;
import io.lakehousecdc.sink.delta.rest.Call;
import io.lakehousecdc.sink.delta.rest.HttpOptions;
import io.lakehousecdc.sink.delta.rest.RestClient;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.sink.delta.storage.StoreFigures.Operation;
import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.TargetSettings;
import io.lakehousecdc.testkit.Azurite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Containers of Azurite's account, and stores that use them. */
public final class AzureContainer {
  private AzureContainer() {}

  /** Makes a container. */
  public static void create(URI endpoint, String container) {
    RestClient client =
        new RestClient(
            new HttpOptions(Duration.ofSeconds(5), Duration.ofSeconds(10), 1, Optional.empty()),
            new SharedKey(
                Azurite.ACCOUNT, AzureSettings.accountKey(Azurite.KEY), Clock.systemUTC()),
            new StoreFigures());
    Call call =
        Call.of(Operation.PUT, "PUT", URI.create(endpoint + "/" + container + "?restype=container"))
            .with("x-ms-version", "2021-12-02");
    try {
      Answer answer = client.send(call);
      if (answer.status() != 201) {
        throw new IllegalStateException(call + " is answered " + answer.status());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

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

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.s3;

import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TargetSettings;
import io.lakehousecdc.testkit.S3ProxyServer;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;

/** Opens S3 stores for tests. */
public final class S3Store {
  private S3Store() {}

  /** A store at an S3Proxy, or at a proxy before one. */
  public static FileIO at(URI endpoint) {
    return at(endpoint, new StoreFigures(), Map.of());
  }

  /**
   * The same with more settings.
   *
   * @param more settings, which may be others than those of an S3Proxy
   */
  public static FileIO at(URI endpoint, StoreFigures figures, Map<String, String> more) {
    return new S3StoreFactory().open("s3://any", settings(endpoint, more), figures);
  }

  /** The settings of a store at an S3Proxy. */
  public static TargetSettings settings(URI endpoint, Map<String, String> more) {
    Map<String, String> values = new HashMap<>();
    for (Setting setting : S3Settings.ALL) {
      if (setting.defaultValue() != null) {
        values.put(setting.key(), setting.defaultValue());
      }
    }
    values.put(S3Settings.REGION, "us-east-1");
    values.put(S3Settings.ENDPOINT, endpoint.toString());
    values.put(S3Settings.PATH_STYLE, "true");
    values.put(S3Settings.ACCESS_KEY_ID, S3ProxyServer.ACCESS_KEY);
    values.put(S3Settings.SECRET_ACCESS_KEY, S3ProxyServer.SECRET_KEY);
    values.putAll(more);
    return new TargetSettings(values, TableOptions.DEFAULT);
  }
}

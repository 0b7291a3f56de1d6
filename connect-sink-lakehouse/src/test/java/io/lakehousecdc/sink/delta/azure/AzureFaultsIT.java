// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.azure;

import io.lakehousecdc.sink.delta.rest.StoreFaults;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.testkit.Azurite;
import io.lakehousecdc.testkit.FaultProxy;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;

/** Requests that fail, before Azurite. */
class AzureFaultsIT extends StoreFaults {
  @BeforeAll
  static void assumeInstalled() {
    SharedAzurite.assumeInstalled();
  }

  @Override
  protected URI server() {
    return SharedAzurite.endpoint();
  }

  @Override
  protected FileIO store(URI endpoint, StoreFigures figures) {
    return AzureContainer.store(endpoint, figures);
  }

  @Override
  protected FileIO impatient(URI endpoint, int timeoutMillis) {
    return AzureContainer.store(
        root(),
        new StoreFigures(),
        Map.of(
            AzureSettings.ENDPOINT,
            endpoint.toString(),
            AzureSettings.ACCOUNT_KEY,
            Azurite.KEY,
            "delta.azure.request.timeout.ms",
            Integer.toString(timeoutMillis),
            "delta.azure.retries",
            "0"));
  }

  @Override
  protected String root() {
    return AzureContainer.root("lake");
  }

  @Override
  protected boolean isConditional(FaultProxy.Request request) {
    return request.ifNoneMatch() != null;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.azure;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lakehousecdc.sink.delta.rest.StoreFaults;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.testkit.Azurite;
import io.lakehousecdc.testkit.FaultProxy;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Requests that fail, before Azurite. */
class AzureFaultsIT extends StoreFaults {
  private static Azurite server;

  @BeforeAll
  static void start() {
    assumeTrue(Azurite.installed(), "Azurite is not installed");
    server = Azurite.start();
    AzureContainer.create(server.endpoint(), "lake");
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Override
  protected URI server() {
    return server.endpoint();
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

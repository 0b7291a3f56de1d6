// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lakehousecdc.sink.delta.azure.AzureContainer;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.testkit.Azurite;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract of targets, in a container of Azurite. */
class AzureTargetIT extends DeltaTargetTest {
  private static Azurite server;
  private static FileIO store;

  private final String warehouse = AzureContainer.root("lake") + "/" + UUID.randomUUID();

  @BeforeAll
  static void start() {
    assumeTrue(Azurite.installed(), "Azurite is not installed");
    server = Azurite.start();
    AzureContainer.create(server.endpoint(), "lake");
    store = AzureContainer.store(server.endpoint(), new StoreFigures());
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      store.close();
      server.close();
    }
  }

  @Override
  FileIO store() {
    return store;
  }

  @Override
  String root() {
    return warehouse;
  }
}

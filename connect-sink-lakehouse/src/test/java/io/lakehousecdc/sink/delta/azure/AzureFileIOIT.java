// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.azure;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.ObjectStoreContract;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.testkit.Azurite;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract of stores, on Azurite. */
class AzureFileIOIT extends ObjectStoreContract {
  private static Azurite server;
  private static FileIO store;

  private final String directory = AzureContainer.root("lake") + "/" + UUID.randomUUID();

  @BeforeAll
  static void start() {
    assumeTrue(Azurite.installed(), "Azurite is not installed");
    server = Azurite.start();
    server.container("lake");
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
  protected FileIO store() {
    return store;
  }

  @Override
  protected String directory() {
    return directory;
  }

  @Override
  protected int rounds() {
    return 50;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.gcs;

import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.ObjectStoreContract;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.testkit.GcsFake;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract of stores, on a fake of Google Cloud Storage. */
class GcsFileIOIT extends ObjectStoreContract {
  private static GcsFake server;
  private static FileIO store;

  private final String directory = "gs://lake/" + UUID.randomUUID();

  @BeforeAll
  static void start() {
    server = GcsFake.start("lake");
    store = GcsBucket.store(server.endpoint(), new StoreFigures());
  }

  @AfterAll
  static void stop() {
    store.close();
    server.close();
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

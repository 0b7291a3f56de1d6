// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.delta.gcs.GcsBucket;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.testkit.GcsFake;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract of targets, on a fake of Google Cloud Storage. */
class GcsTargetIT extends DeltaTargetTest {
  private static GcsFake server;
  private static FileIO store;

  private final String warehouse = "gs://lake/" + UUID.randomUUID();

  @BeforeAll
  static void start() {
    server = GcsFake.start("lake");
    store = GcsBucket.store(server.endpoint(), new StoreFigures());
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

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.s3;

import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileIOContract;
import io.lakehousecdc.testkit.S3ProxyServer;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract of stores, on a bucket. */
class S3FileIOIT extends FileIOContract {
  private static S3ProxyServer server;
  private static FileIO store;

  private final String directory = "s3://shop/" + UUID.randomUUID();

  @BeforeAll
  static void start() {
    server = S3ProxyServer.onDisk();
    server.bucket("shop");
    store = S3Store.at(server.endpoint());
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
    return 60;
  }
}

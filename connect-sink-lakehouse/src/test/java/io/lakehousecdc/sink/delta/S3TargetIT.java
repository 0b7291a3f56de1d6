// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.delta.s3.S3Store;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.testkit.S3ProxyServer;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract of targets, in a bucket. */
class S3TargetIT extends DeltaTargetTest {
  private static S3ProxyServer server;
  private static FileIO bucket;

  private final String warehouse = "s3://lake/" + UUID.randomUUID();

  @BeforeAll
  static void start() {
    server = S3ProxyServer.onDisk();
    server.bucket("lake");
    bucket = S3Store.at(server.endpoint());
  }

  @AfterAll
  static void stop() {
    bucket.close();
    server.close();
  }

  @Override
  FileIO store() {
    return bucket;
  }

  @Override
  String root() {
    return warehouse;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.s3;

import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.testkit.S3ProxyServer;
import java.net.URI;
import java.util.UUID;

/** One S3Proxy for all tests of this JVM, ended with it; each test has a directory of its own. */
public final class SharedS3 {
  private static final S3ProxyServer SERVER = start();
  private static final FileIO STORE = S3Store.at(SERVER.endpoint());

  private SharedS3() {}

  /** Where it answers. */
  public static URI endpoint() {
    return SERVER.endpoint();
  }

  /** A client of it, which stays open. */
  public static FileIO store() {
    return STORE;
  }

  /** Location that nothing has been written to. */
  public static String emptyDirectory() {
    return "s3://lake/" + UUID.randomUUID();
  }

  private static S3ProxyServer start() {
    S3ProxyServer server = S3ProxyServer.onDisk();
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    server.bucket("lake");
    return server;
  }
}

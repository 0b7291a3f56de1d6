// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools;

import io.lakehousecdc.testkit.PostgresDatabase;
import io.lakehousecdc.testkit.PostgresServer;
import java.util.concurrent.atomic.AtomicInteger;

/** One PostgreSQL server for the tests of this JVM; each test has a database of its own. */
public final class SharedServer {
  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static PostgresServer server;

  private SharedServer() {}

  /** A new database. */
  public static synchronized PostgresDatabase emptyDatabase() {
    if (server == null) {
      server = PostgresServer.builder().name("tools").start();
    }
    return server.createDatabase("tools" + DATABASES.incrementAndGet());
  }
}

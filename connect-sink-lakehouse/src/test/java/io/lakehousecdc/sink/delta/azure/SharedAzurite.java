// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.azure;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.testkit.Azurite;
import java.net.URI;
import java.util.UUID;

/**
 * One Azurite for all tests of this JVM, ended with it, which has to be installed; each test has a
 * directory of its own.
 */
public final class SharedAzurite {
  private SharedAzurite() {}

  /** Skips a test, or all tests of a class, where Azurite is not installed. */
  public static void assumeInstalled() {
    assumeTrue(Azurite.installed(), "Azurite is not installed");
  }

  /** Where it answers. */
  public static URI endpoint() {
    return Started.SERVER.endpoint();
  }

  /** A client of it, which stays open. */
  public static FileIO store() {
    return Started.STORE;
  }

  /** Location that nothing has been written to. */
  public static String emptyDirectory() {
    return AzureContainer.root("lake") + "/" + UUID.randomUUID();
  }

  private static final class Started {
    private static final Azurite SERVER = start();
    private static final FileIO STORE = AzureContainer.store(SERVER.endpoint(), new StoreFigures());

    private static Azurite start() {
      Azurite server = Azurite.start();
      Runtime.getRuntime().addShutdownHook(new Thread(server::close));
      server.container("lake");
      return server;
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.gcs;

import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.testkit.GcsFake;
import java.net.URI;
import java.util.UUID;

/**
 * One fake of Google Cloud Storage for all tests of this JVM; each test has a directory of its own.
 */
public final class SharedGcs {
  private static final GcsFake SERVER = GcsFake.start("lake");
  private static final FileIO STORE = GcsBucket.store(SERVER.endpoint(), new StoreFigures());

  private SharedGcs() {}

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
    return "gs://lake/" + UUID.randomUUID();
  }
}

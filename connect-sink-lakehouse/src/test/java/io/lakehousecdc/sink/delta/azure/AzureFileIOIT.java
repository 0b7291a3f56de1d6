// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.azure;

import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.ObjectStoreContract;
import org.junit.jupiter.api.BeforeAll;

/** The contract of stores, on Azurite. */
class AzureFileIOIT extends ObjectStoreContract {
  private final String directory = SharedAzurite.emptyDirectory();

  @BeforeAll
  static void assumeInstalled() {
    SharedAzurite.assumeInstalled();
  }

  @Override
  protected FileIO store() {
    return SharedAzurite.store();
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

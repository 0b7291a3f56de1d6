// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.delta.azure.SharedAzurite;
import io.lakehousecdc.sink.delta.storage.FileIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;

/** The contract of targets, in a container of Azurite. */
@ExtendWith(QuarterOfTests.class)
class AzureTargetIT extends DeltaTargetTest {
  private final String warehouse = SharedAzurite.emptyDirectory();

  @BeforeAll
  static void assumeInstalled() {
    SharedAzurite.assumeInstalled();
  }

  /** Each commit takes requests to a server. */
  @Override
  public int versionSeeds() {
    return 1;
  }

  @Override
  FileIO store() {
    return SharedAzurite.store();
  }

  @Override
  String root() {
    return warehouse;
  }
}

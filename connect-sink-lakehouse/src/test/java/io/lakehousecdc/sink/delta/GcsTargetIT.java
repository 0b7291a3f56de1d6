// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.delta.gcs.SharedGcs;
import io.lakehousecdc.sink.delta.storage.FileIO;
import org.junit.jupiter.api.extension.ExtendWith;

/** The contract of targets, on a fake of Google Cloud Storage. */
@ExtendWith(QuarterOfTests.class)
class GcsTargetIT extends DeltaTargetTest {
  private final String warehouse = SharedGcs.emptyDirectory();

  /** Each commit takes requests to a server. */
  @Override
  public int versionSeeds() {
    return 1;
  }

  @Override
  FileIO store() {
    return SharedGcs.store();
  }

  @Override
  String root() {
    return warehouse;
  }
}

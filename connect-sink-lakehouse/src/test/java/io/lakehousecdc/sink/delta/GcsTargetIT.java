// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.delta.gcs.SharedGcs;
import io.lakehousecdc.sink.delta.storage.FileIO;

/** The contract of targets, on a fake of Google Cloud Storage. */
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

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.delta.s3.SharedS3;
import io.lakehousecdc.sink.delta.storage.FileIO;

/** The contract of targets, in a bucket. */
class S3TargetIT extends DeltaTargetTest {
  private final String warehouse = SharedS3.emptyDirectory();

  /** Each commit takes requests to a server. */
  @Override
  public int versionSeeds() {
    return 1;
  }

  @Override
  FileIO store() {
    return SharedS3.store();
  }

  @Override
  String root() {
    return warehouse;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.s3;

import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileIOContract;

/** The contract of stores, on a bucket. */
class S3FileIOIT extends FileIOContract {
  private final String directory = SharedS3.emptyDirectory();

  @Override
  protected FileIO store() {
    return SharedS3.store();
  }

  @Override
  protected String directory() {
    return directory;
  }

  @Override
  protected int rounds() {
    return 30;
  }
}

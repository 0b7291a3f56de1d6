// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.gcs;

import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.ObjectStoreContract;

/** The contract of stores, on a fake of Google Cloud Storage. */
class GcsFileIOIT extends ObjectStoreContract {
  private final String directory = SharedGcs.emptyDirectory();

  @Override
  protected FileIO store() {
    return SharedGcs.store();
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

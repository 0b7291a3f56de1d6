// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta;

import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.LocalFileIO;
import io.lakehousecdc.sink.delta.storage.ReadAheadFileIO;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.Target;
import io.lakehousecdc.sink.spi.TargetContext;

/** Tables on a store that is asked beside the work, as one that waits for a network is. */
class DeltaOnRemoteStoreTest extends DeltaTargetTest {
  private final FileIO remote = new ReadAheadFileIO(new StoreInRounds(new LocalFileIO()));

  @Override
  protected Target openTarget(TableOptions options, TargetContext context) {
    return DeltaFixture.open(remote, root, options, context, settings());
  }
}

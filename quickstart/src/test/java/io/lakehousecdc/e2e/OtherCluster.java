// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import io.lakehousecdc.testkit.ConnectRest;
import io.lakehousecdc.testkit.ConnectWorker;
import io.lakehousecdc.testkit.Plugins;

/** A second Connect cluster of one worker on the same broker. */
final class OtherCluster implements AutoCloseable {
  private final ConnectWorker worker =
      ConnectWorker.builder(Lab.stack().kafka().bootstrapServers())
          .group("other-cluster")
          .plugins(Plugins.project(Lab.temporaryDirectory()))
          .start();

  ConnectRest connect() {
    return worker.rest();
  }

  String logs() {
    return worker.logs();
  }

  @Override
  public void close() {
    worker.close();
  }
}

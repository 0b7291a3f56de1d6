// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.gcs;

import io.lakehousecdc.sink.delta.rest.StoreFaults;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.testkit.FaultProxy;
import java.net.URI;
import java.util.Map;

/** Requests that fail, before a fake of Google Cloud Storage. */
class GcsFaultsIT extends StoreFaults {
  @Override
  protected URI server() {
    return SharedGcs.endpoint();
  }

  @Override
  protected FileIO store(URI endpoint, StoreFigures figures) {
    return GcsBucket.store(endpoint, figures);
  }

  @Override
  protected FileIO impatient(URI endpoint, int timeoutMillis) {
    return GcsBucket.store(
        new StoreFigures(),
        Map.of(
            GcsSettings.ENDPOINT,
            endpoint.toString(),
            "delta.gcs.request.timeout.ms",
            Integer.toString(timeoutMillis),
            "delta.gcs.retries",
            "0"));
  }

  @Override
  protected String root() {
    return "gs://lake";
  }

  @Override
  protected boolean isConditional(FaultProxy.Request request) {
    return request.target().contains("ifGenerationMatch=0");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.kernel;

import io.lakehousecdc.sink.delta.storage.Request;
import java.io.IOException;
import java.util.List;

/**
 * A look at a table's log, whether a version is the newest. Under way from when {@link
 * TableLog#look} has begun it.
 */
public final class Look {
  private final List<Request<Boolean>> findings;

  /**
   * @param findings all of them have to be true
   */
  Look(List<Request<Boolean>> findings) {
    this.findings = findings;
  }

  /**
   * Waits for what is found.
   *
   * @throws io.lakehousecdc.sink.error.RetriableException the store failed
   */
  public boolean isNewest() {
    try {
      for (Request<Boolean> finding : findings) {
        if (!finding.await()) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      throw new IllegalStateException("Failures of the store are told by another kind", e);
    }
  }
}

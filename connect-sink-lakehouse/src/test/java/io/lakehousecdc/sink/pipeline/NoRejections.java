// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.RecordOffset;
import java.util.concurrent.Future;

/** For tests in which no record is rejected. */
final class NoRejections implements RejectionReporter {
  @Override
  public boolean wantsOriginal() {
    return false;
  }

  @Override
  public Future<?> report(Object original, DeadLetter letter) {
    throw new AssertionError("rejected: " + letter);
  }

  @Override
  public DeadLetter describe(
      Object original, ChangeEvent event, RecordOffset at, Exception reason) {
    throw new AssertionError("rejected: " + at, reason);
  }
}

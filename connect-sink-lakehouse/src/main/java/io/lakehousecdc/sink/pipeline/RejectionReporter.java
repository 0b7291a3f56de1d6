// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.RecordOffset;
import java.util.concurrent.Future;

/** Where rejected records go. Used by the task thread and the writer thread. */
public interface RejectionReporter {

  /** Whether {@link #report} wants the original record, so that it has to be kept. */
  boolean wantsOrigin();

  /**
   * Reports a rejected record.
   *
   * @param origin the record instance that was received
   * @param letter what is wrong with it
   * @return done once the report is safe; the record's offset is committed only then
   * @throws io.lakehousecdc.sink.error.FatalException there is nowhere to report to
   */
  Future<?> report(Object origin, DeadLetter letter);

  /** Describes a record that the target refused. Must not throw. */
  DeadLetter describe(Object origin, ChangeEvent event, RecordOffset at, Exception reason);
}

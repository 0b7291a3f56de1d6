// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.error.FatalException;
import java.util.concurrent.Future;

/** Where rejected records go. Used by the task thread and the writer thread. */
public interface RejectionReporter {

  /** Whether {@link #report} wants the original record, so that it has to be kept. */
  boolean wantsOriginal();

  /**
   * Reports a rejected record.
   *
   * @param original the record instance that was received
   * @param letter what is wrong with it
   * @return done once the report is safe; the record's offset is committed only then
   * @throws io.lakehousecdc.sink.error.FatalException there is nowhere to report to
   */
  Future<?> report(Object original, DeadLetter letter);

  /**
   * Gives up on reports that have not been answered in time: whoever waits for them is not to wait
   * any longer. Must not throw.
   *
   * @param reason what the task fails with
   */
  default void abandon(FatalException reason) {}

  /**
   * Describes a record that the target refused. Must not throw.
   *
   * @param original the record instance that was received; null where it was not wanted
   */
  DeadLetter describe(Object original, ChangeEvent event, RecordOffset at, Exception reason);
}

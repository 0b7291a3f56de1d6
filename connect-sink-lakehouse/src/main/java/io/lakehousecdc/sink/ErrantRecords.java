// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.decode.RecordDecoder;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.pipeline.RejectionReporter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * The reporter of rejected records to Connect's dead letter queue, if there is one. Thread-safe.
 */
final class ErrantRecords implements RejectionReporter {
  private final ErrantRecordReporter reporter;
  private final boolean hasTable;

  /**
   * @param reporter Connect's reporter; null if neither a queue nor logging is configured
   * @param hasTable whether the target stores rejected records in a table
   */
  ErrantRecords(ErrantRecordReporter reporter, boolean hasTable) {
    this.reporter = reporter;
    this.hasTable = hasTable;
  }

  @Override
  public boolean wantsOriginal() {
    return reporter != null || hasTable;
  }

  @Override
  public Future<?> report(Object original, DeadLetter letter) {
    if (reporter != null) {
      return reporter.report((SinkRecord) original, new DataException(letter.errorMessage()));
    }
    if (hasTable) {
      return CompletableFuture.completedFuture(null);
    }
    throw new FatalException(
        letter.errorMessage()
            + " The record cannot be applied and there is nowhere to put it: configure"
            + " errors.tolerance=all with errors.deadletterqueue.topic.name, or dead.letter.table,"
            + " or remove the cause and restart the task.");
  }

  @Override
  public DeadLetter describe(
      Object original, ChangeEvent event, RecordOffset at, Exception reason) {
    String message = at + ", table " + event.table() + ": " + reason.getMessage();
    return original == null
        ? new DeadLetter(
            at, null, null, null, "RecordException", message, System.currentTimeMillis(), 0)
        : RecordDecoder.letter((SinkRecord) original, "RecordException", message);
  }
}

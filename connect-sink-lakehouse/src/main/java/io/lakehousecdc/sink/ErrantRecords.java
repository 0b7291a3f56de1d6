// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.decode.RecordDecoder;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.pipeline.RejectionReporter;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * The reporter of rejected records to Connect's dead letter queue, if there is one. The queue's
 * producer blocks for as long as the queue's topic is not there, so a thread of its own calls it.
 * Thread-safe.
 */
final class ErrantRecords implements RejectionReporter, AutoCloseable {
  private final ErrantRecordReporter reporter;
  private final boolean hasTable;
  private final Thread worker;
  private final ExecutorService sender;
  private volatile FatalException abandoned;

  /**
   * To be made on the worker's thread that runs the task.
   *
   * @param reporter Connect's reporter; null if neither a queue nor logging is configured
   * @param hasTable whether the target stores rejected records in a table
   * @param name of the thread that reports
   */
  ErrantRecords(ErrantRecordReporter reporter, boolean hasTable, String name) {
    this.reporter = reporter;
    this.hasTable = hasTable;
    this.worker = Thread.currentThread();
    this.sender =
        Executors.newSingleThreadExecutor(
            body -> {
              Thread thread = new Thread(body, name);
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public boolean wantsOriginal() {
    return reporter != null || hasTable;
  }

  @Override
  public Future<?> report(Object original, DeadLetter letter) {
    if (reporter != null) {
      return send((SinkRecord) original, new DataException(letter.errorMessage()));
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

  private Future<?> send(SinkRecord record, DataException reason) {
    Callable<SentReport.Sent> sending = () -> new SentReport.Sent(reporter.report(record, reason));
    try {
      return new SentReport(sender.submit(sending));
    } catch (RejectedExecutionException e) {
      // Reports were abandoned before, which fails the task.
      return CompletableFuture.failedFuture(e);
    }
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

  @Override
  public void abandon(FatalException reason) {
    abandoned = reason;
    sender.shutdownNow();
    QueueWaits.endFor(worker);
  }

  /**
   * Does nothing, unless reports were given up.
   *
   * @throws FatalException the reason, for the trace of a task that the worker's own wait for the
   *     queue has failed
   */
  void requireAnswered() {
    if (abandoned != null) {
      throw abandoned;
    }
  }

  /** Ends the thread that reports; reports under way are not waited for. */
  @Override
  public void close() {
    sender.shutdown();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.EpochPolicy;
import io.lakehousecdc.sink.batch.Sweep;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.pipeline.PipelineOptions.TruncateMode;
import io.lakehousecdc.sink.pipeline.PipelineOptions.WhenIdle;
import io.lakehousecdc.sink.spi.TableOptions;
import java.time.Duration;
import java.util.Optional;

/**
 * Pipeline options of a test that names only what matters to it. By default a batch is committed
 * when {@link Pipeline#flushIfDue} is called, sweeps are reported, and waits are short. Not
 * thread-safe.
 */
final class TestOptions {
  private TableOptions tables = TableOptions.DEFAULT;
  private EpochPolicy epochs = EpochPolicy.AUTOMATIC;
  private Sweep.Mode sweep = Sweep.Mode.REPORT;

  /** Long enough for a pass over all partitions, so that silence means that there is nothing. */
  private Duration quiet = Duration.ofMillis(100);

  private TruncateMode truncates = TruncateMode.APPLY;
  private Duration interval = Duration.ofMillis(1);
  private WhenIdle whenIdle = WhenIdle.WAIT;
  private int maxRecords = 50;
  private Duration retry = Duration.ofSeconds(10);
  private Duration constraint = Duration.ofSeconds(5);
  private Duration call = Duration.ofSeconds(1);
  private PipelineOptions.Batches batches = PipelineOptions.Batches.OF_CHANGES;

  private StatusOptions status = StatusOptions.OFF;

  static TestOptions options() {
    return new TestOptions();
  }

  TestOptions tables(TableOptions value) {
    tables = value;
    return this;
  }

  TestOptions truncates(TruncateMode value) {
    truncates = value;
    return this;
  }

  TestOptions epochs(EpochPolicy value) {
    epochs = value;
    return this;
  }

  TestOptions sweep(Sweep.Mode value) {
    sweep = value;
    return this;
  }

  TestOptions quiet(Duration value) {
    quiet = value;
    return this;
  }

  TestOptions flushInterval(Duration value) {
    interval = value;
    return this;
  }

  TestOptions flushWhenIdle() {
    whenIdle = WhenIdle.FLUSH;
    return this;
  }

  TestOptions flushRecords(int value) {
    maxRecords = value;
    return this;
  }

  TestOptions retry(Duration value) {
    retry = value;
    return this;
  }

  TestOptions constraintWait(Duration value) {
    constraint = value;
    return this;
  }

  TestOptions callWait(Duration value) {
    call = value;
    return this;
  }

  TestOptions wholeTransactions() {
    batches = PipelineOptions.Batches.OF_TRANSACTIONS;
    return this;
  }

  /** Keeps the status of tables, at most once in the given time. */
  TestOptions statusInterval(Duration value) {
    return status(
        new StatusOptions(
            Optional.of(value), StatusOptions.Reasons.MESSAGES, topic -> new TableId("", topic)));
  }

  TestOptions status(StatusOptions value) {
    status = value;
    return this;
  }

  PipelineOptions build() {
    return new PipelineOptions(
        tables,
        truncates,
        epochs,
        new PipelineOptions.Sweeping(sweep, quiet, 2),
        new PipelineOptions.RememberedDeletes(Duration.ofHours(1), 10_000),
        new PipelineOptions.Flushing(
            interval, whenIdle, maxRecords, DataSize.ofMebibytes(1), DataSize.ofMebibytes(16)),
        new PipelineOptions.Waiting(retry, constraint, call),
        batches,
        status);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TombstoneEvent;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.RecordOffset;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TransactionInfo;
import io.lakehousecdc.sink.change.TransactionInfo.End;
import io.lakehousecdc.sink.decode.TransactionReader;
import io.lakehousecdc.sink.pipeline.OfferResult;
import io.lakehousecdc.sink.pipeline.OfferedRecord;
import io.lakehousecdc.sink.pipeline.Pipeline;
import io.lakehousecdc.sink.pipeline.transaction.Arrival;
import io.lakehousecdc.sink.pipeline.transaction.AssemblyOptions;
import io.lakehousecdc.sink.pipeline.transaction.Outlet;
import io.lakehousecdc.sink.pipeline.transaction.TransactionAssembler;
import io.lakehousecdc.sink.spi.SourceProgress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.connect.sink.SinkRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of records that wait for the others of their transaction. What waits has not been taken
 * in by the pipeline, so that its offsets are not committed. Not thread-safe.
 */
final class WholeTransactions implements Intake {
  private static final Logger LOG = LoggerFactory.getLogger(WholeTransactions.class);

  /** Of a record, its place and its numbers, beside the event. */
  private static final int OVERHEAD = 150;

  private final Pipeline pipeline;
  private final TransactionReader reader = new TransactionReader();
  private final TransactionAssembler<OfferedRecord> assembler;
  private final Map<SourcePartition, Long> newest = new HashMap<>();
  private final Set<String> withoutBlock = new HashSet<>();

  WholeTransactions(Pipeline pipeline, AssemblyOptions options) {
    this.pipeline = pipeline;
    this.assembler = new TransactionAssembler<>(options, new IntoPipeline(pipeline));
  }

  @Override
  public OfferResult offer(OfferedRecord offered, SinkRecord record) {
    RecordOffset at = offered.at();
    OptionalLong waiting = assembler.firstOffset(at.partition());
    if (waiting.isEmpty()) {
      OfferResult result = pipeline.receive(offered);
      if (result instanceof OfferResult.Rewind) {
        return result;
      }
    } else if (at.offset() <= newest.getOrDefault(at.partition(), -1L)) {
      // The topic was created anew: what waits of the old one comes first.
      return new OfferResult.Rewind(at.offset());
    }
    newest.put(at.partition(), at.offset());
    Optional<TransactionInfo> info =
        offered instanceof OfferedRecord.Skipped ? reader.boundary(record) : reader.part(record);
    warnWithoutBlock(offered, info);
    assembler.accept(new Arrival<>(pipeline.kept(offered), at, bytes(offered)), info);
    return OfferResult.ACCEPTED;
  }

  private static int bytes(OfferedRecord offered) {
    return offered instanceof OfferedRecord.Change change ? change.bytes() + OVERHEAD : OVERHEAD;
  }

  private void warnWithoutBlock(OfferedRecord offered, Optional<TransactionInfo> info) {
    if (info.isEmpty()
        && offered instanceof OfferedRecord.Change change
        && !(change.event() instanceof TombstoneEvent)
        && !(change.event() instanceof RowEvent row && row.operation() == Operation.READ)
        && withoutBlock.add(offered.at().partition().topic())) {
      LOG.warn(
          "{}: the change does not tell its transaction, so that it is applied as it comes, as are"
              + " others like it of this topic. whole transactions need"
              + " provide.transaction.metadata=true at the source, and Debezium's envelopes as they"
              + " are.",
          offered.at());
    }
  }

  @Override
  public void polled() {
    assembler.advance(System.nanoTime());
  }

  @Override
  public Set<SourcePartition> paused() {
    return assembler.paused();
  }

  @Override
  public boolean isWaiting() {
    return assembler.bytes() > 0;
  }

  @Override
  public Map<SourcePartition, Long> forget() {
    newest.clear();
    return assembler.forget();
  }

  @Override
  public void begin(Set<SourcePartition> partitions) {
    // A task that has given up all of them is about to end: the target may be down.
    assembler.begin(partitions, partitions.isEmpty() ? List.of() : pipeline.progress());
  }

  @Override
  public long reportableOffset(SourcePartition partition, long current) {
    return pipeline.reportableOffset(partition, assembler.firstOffset(partition).orElse(current));
  }

  /** Where transactions go that are complete. */
  private record IntoPipeline(Pipeline pipeline) implements Outlet<OfferedRecord> {
    @Override
    public void pass(OfferedRecord record) {
      pipeline.take(record);
    }

    @Override
    public void transaction(List<OfferedRecord> records, Optional<End> reached) {
      pipeline.takeTogether(
          records,
          reached.map(
              end ->
                  new SourceProgress(
                      end.source(), end.transaction(), end.lsn(), end.commitMillis())));
    }

    @Override
    public void warn(String message) {
      LOG.warn(message);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.order.Histories;
import io.lakehousecdc.order.SourcePosition;
import io.lakehousecdc.order.SourcePosition.Snapshot;
import io.lakehousecdc.sink.change.ChangeEvent;
import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.ChangeEvent.TombstoneEvent;
import io.lakehousecdc.sink.change.DeadLetter;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.SourcePartition;
import io.lakehousecdc.sink.change.TableId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;

/** The batch that is being filled. Used by the task thread only. */
final class OpenBatch {
  /** A future, a letter without its texts, and their places in lists. */
  private static final int REPORT_BYTES = 200;

  private final PipelineOptions options;
  private final BatchContent content;
  private final Set<SourcePartition> touched = new LinkedHashSet<>();
  private final List<SealedBatch.Letter> letters = new ArrayList<>();
  private final List<Future<?>> reports = new ArrayList<>();
  private final LongSupplier clock;
  private long bytes;
  private long openedAt;
  private boolean hasLate;
  private boolean hasFresh;
  private SourcePartition lastTouched;

  /**
   * @param clock as {@link System#nanoTime}
   */
  OpenBatch(PipelineOptions options, LongSupplier clock) {
    this.options = options;
    this.clock = clock;
    this.content = new BatchContent(options.tables());
  }

  BatchContent content() {
    return content;
  }

  /** Partitions whose state moves with this batch. */
  Set<SourcePartition> touched() {
    return touched;
  }

  boolean isUntouched() {
    return touched.isEmpty();
  }

  /** Notes that a partition's state has moved. */
  void touch(SourcePartition partition) {
    if (partition == lastTouched) {
      return; // Records come partition by partition.
    }
    if (touched.isEmpty()) {
      openedAt = clock.getAsLong();
    }
    touched.add(partition);
    lastTouched = partition;
  }

  void add(Entry entry, int entryBytes) {
    content.add(entry);
    bytes += entryBytes;
    if (!hasFresh) {
      noteTime(entry.event().sourcePosition());
    }
  }

  private void noteTime(SourcePosition position) {
    if (position.snapshot() != Snapshot.NO) {
      hasLate = true;
    } else if (position.commitMicros() > 0) {
      long age = System.currentTimeMillis() - position.commitMicros() / 1000;
      boolean isLate = age > options.flushing().interval().toMillis();
      hasLate |= isLate;
      hasFresh = !isLate;
    }
  }

  /**
   * Whether there are changes that had been committed at the source for longer than the flush
   * interval when they came, or rows of a snapshot, and none that had not.
   */
  boolean isLate() {
    return hasLate && !hasFresh;
  }

  /** Number of events. */
  int size() {
    return content.entries().size();
  }

  /** Estimated heap, in bytes. */
  long bytes() {
    return bytes;
  }

  /**
   * Table of the last event.
   *
   * @throws IndexOutOfBoundsException there is none
   */
  TableId lastTable() {
    return content.entries().get(size() - 1).event().table();
  }

  void sweep(Sweeps.Due due) {
    due.partitions().forEach(this::touch);
    content.sweep(due);
  }

  /**
   * Takes the report of a rejected record, and its letter where there is a table for it; returns
   * the estimated size of both in bytes.
   */
  long reject(Future<?> report, SourcePartition from, DeadLetter letter) {
    reports.add(report);
    long size = REPORT_BYTES;
    if (options.tables().deadLetterTable().isPresent()) {
      letters.add(new SealedBatch.Letter(from, letter));
      size +=
          textBytes(letter.key()) + textBytes(letter.value()) + textBytes(letter.errorMessage());
    }
    bytes += size;
    return size;
  }

  private static long textBytes(String text) {
    return text == null ? 0 : 2L * text.length();
  }

  boolean isFull() {
    return size() >= options.flushing().maxRecords()
        || bytes >= options.flushing().maxSize().bytes();
  }

  /**
   * Whether the last event is a delete. If it is half of a key change, the create that follows
   * should share its batch: only there can unchanged values move from the old row to the new one.
   */
  boolean endsWithDelete() {
    List<Entry> entries = content.entries();
    if (entries.isEmpty()) {
      return false;
    }
    ChangeEvent last = entries.get(entries.size() - 1).event();
    return last instanceof TombstoneEvent
        || last instanceof RowEvent row && row.operation() == Operation.DELETE;
  }

  /** Time since the first record, in milliseconds; 0 while there is none. */
  long ageMillis() {
    return ageNanos() / 1_000_000;
  }

  /** Time since the first record; 0 while there is none. */
  long ageNanos() {
    return touched.isEmpty() ? 0 : clock.getAsLong() - openedAt;
  }

  /**
   * The batch as it is, for the writer thread; not to be filled any more.
   *
   * @param steps of the partitions whose state moves with it
   * @param histories that the positions of its events were found with
   */
  SealedBatch seal(List<PartitionStep> steps, Histories histories) {
    return new SealedBatch(
        options.tables(),
        content.under(histories),
        List.copyOf(steps),
        List.copyOf(letters),
        List.copyOf(reports),
        bytes,
        histories);
  }
}

package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.batch.Coverage;
import io.lakehousecdc.sink.change.Position;
import io.lakehousecdc.sink.change.SourceMark;
import io.lakehousecdc.sink.change.SourceMark.Snapshot;
import io.lakehousecdc.sink.change.SourcePartition;
import java.util.HashMap;
import java.util.Map;

/**
 * Knows of which transactions a batch holds the events of a partition from the first on: those that
 * begin after another one of the batch. Not thread-safe.
 */
final class Transactions {
  private final Map<SourcePartition, Latest> latest = new HashMap<>();

  /** Takes note of a batch's next entry. */
  Coverage coverage(Entry entry) {
    SourceMark mark = entry.event().mark();
    if (mark.lsn() == SourceMark.NONE || mark.snapshot() != Snapshot.NO) {
      return Coverage.NONE;
    }
    Position position = entry.position();
    SourcePartition partition = entry.at().partition();
    Latest known = latest.get(partition);
    boolean begins =
        known == null
            || known.position.isBelow(position) && !known.position.isOfSameTransaction(position);
    if (begins) {
      Coverage coverage = known == null ? Coverage.CONTINUED : Coverage.FROM_START;
      latest.put(partition, new Latest(position, coverage));
      return coverage;
    }
    boolean goesOn = known.position.isOfSameTransaction(position);
    return goesOn ? known.coverage : Coverage.CONTINUED;
  }

  /**
   * The greatest transaction so far.
   *
   * @param position of its first event
   */
  private record Latest(Position position, Coverage coverage) {}
}

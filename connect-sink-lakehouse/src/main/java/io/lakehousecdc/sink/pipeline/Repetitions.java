package io.lakehousecdc.sink.pipeline;

import io.lakehousecdc.sink.change.ChangeEvent.RowEvent;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.change.Position;
import io.lakehousecdc.sink.change.RowKey;
import io.lakehousecdc.sink.change.TableId;
import java.util.HashSet;
import java.util.Set;

/**
 * Recognises streamed events of one partition that the source has emitted again, for a log in which
 * every change is a row. Below the high-water mark position alone tells; at it, several changes may
 * share a position (COPY, a changed key), so those seen there are remembered.
 */
final class Repetitions {
  private static final int MAX_TIES = 1_000_000;

  private final Set<Tie> ties = new HashSet<>();
  private Position tiesAt = Position.START;

  boolean isRepeated(Admission admission, RowEvent row) {
    if (admission.verdict() == Admission.Verdict.REPEATED) {
      return true;
    }
    if (!admission.position().equals(tiesAt)) {
      if (admission.position().isBelow(tiesAt)) {
        return false;
      }
      ties.clear();
      tiesAt = admission.position();
    }
    return ties.size() < MAX_TIES && !ties.add(new Tie(row.table(), row.operation(), row.key()));
  }

  private record Tie(TableId table, Operation operation, RowKey key) {}
}

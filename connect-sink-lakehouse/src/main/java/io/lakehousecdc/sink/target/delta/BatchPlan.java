package io.lakehousecdc.sink.target.delta;

import io.lakehousecdc.sink.change.Position;
import io.lakehousecdc.sink.target.CommitReceipt;
import java.util.List;
import java.util.Optional;

/**
 * What a batch does to one version of a table. Says nothing of any other version: after a refresh
 * it has to be made anew.
 *
 * @param rows rows to write
 * @param marks stored rows to write again as deleted; {@code removed} has their old places
 * @param removed stored rows that go
 * @param removedKeys keys that go with them, where no row takes their place
 * @param truncatedBelow truncate to remember, where it is greater than the remembered one
 * @param receipt what the batch will have done
 */
record BatchPlan(
    List<NewRow> rows,
    List<Mark> marks,
    RowSet removed,
    List<KeyMap.Bits> removedKeys,
    Optional<Position> truncatedBelow,
    CommitReceipt receipt) {

  /**
   * A row to write.
   *
   * @param values aligned to the table's columns
   * @param key null in append mode
   */
  record NewRow(Object[] values, KeyMap.Bits key) {}
}

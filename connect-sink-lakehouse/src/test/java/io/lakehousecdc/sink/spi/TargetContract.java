// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/**
 * What every target has to do, whatever it stores rows in. A target's test extends this class and
 * implements {@link Warehouse} on a warehouse that is empty before each test method.
 *
 * <p>Beyond the contract of {@link Target}, it fixes what the words leave open:
 *
 * <ul>
 *   <li>A move takes the unchanged cells from the row under its old key as stored before the
 *       commit, unless the row under the new key stands at the move's own position (the move was
 *       applied before).
 *   <li>A soft delete writes the values it knows, keeps the others, and inserts a row never stored
 *       only where it knows values.
 *   <li>A truncate or sweep that marks rows gives them its position; rows marked before stay as
 *       they are. In append mode a truncate is a delete without a key, by operation {@code t}.
 *   <li>Altered offsets reset the high-water mark to the start of its epoch.
 *   <li>A state that {@code load} made up ({@link PartitionState#fresh}) may be built on like an
 *       absent one.
 * </ul>
 */
public abstract class TargetContract
    implements UpsertContract,
        PartialRowContract,
        SharedKeyContract,
        RemovalContract,
        SweepContract,
        AppendContract,
        SeenContract,
        VersionContract,
        SharedPositionContract,
        PassedKeyContract,
        CommitContract,
        StatusContract,
        OffsetContract,
        HistoryContract,
        SchemaContract,
        DroppedColumnContract,
        TypeContract {
  private final List<Target> opened = new ArrayList<>();

  /** Opens a target; this class closes it. */
  protected abstract Target openTarget(TableOptions options, TargetContext context);

  @Override
  public final Target open(TableOptions options, TargetContext context) {
    Target target = openTarget(options, context);
    opened.add(target);
    return target;
  }

  @AfterEach
  final void closeTargets() {
    Collections.reverse(opened);
    opened.forEach(Target::close);
    opened.clear();
  }
}

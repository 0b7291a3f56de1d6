// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.snapshot;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.delta.kernel.AddStatistics;
import io.lakehousecdc.sink.delta.kernel.DataFile;
import io.lakehousecdc.sink.delta.schema.TableShape;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The bounds that a file's statistics set to the positions of its rows. Statistics are kept column
 * by column, so that these need not be positions of rows: each row is at or above {@code least} and
 * at or below {@code greatest}.
 *
 * @param least empty where unknown, or where a row may have no position
 * @param greatest empty where unknown
 */
public record PositionBounds(Optional<Position> least, Optional<Position> greatest) {

  private static final PositionBounds UNKNOWN =
      new PositionBounds(Optional.empty(), Optional.empty());

  /** Whether no row of the file is newer than a change at {@code position}. */
  public boolean allAtOrBelow(Position position) {
    return greatest.isPresent() && !position.isBelow(greatest.get());
  }

  /** Whether every row of the file is older than {@code position}. */
  public boolean allBelow(Position position) {
    return greatest.isPresent() && greatest.get().isBelow(position);
  }

  /** Whether no row of the file is older than {@code position}. */
  public boolean noneBelow(Position position) {
    return least.isPresent() && !least.get().isBelow(position);
  }

  /**
   * Whether no row of the file is below the floor. Floors hold for their own epoch and for earlier
   * ones.
   */
  public boolean noneCovered(Floor floor) {
    if (noneBelow(floor.at())) {
      return true;
    }
    OptionalInt epoch = epoch();
    return epoch.isPresent()
        && epoch.getAsInt() != floor.at().epoch()
        && !floor.earlierEpochs().contains(epoch.getAsInt())
        && !floor.replacedEpochs().contains(epoch.getAsInt());
  }

  /** Whether every row of the file is below the floor, whatever its commit time. */
  public boolean allCovered(Floor floor) {
    OptionalInt epoch = epoch();
    if (epoch.isEmpty()) {
      return false;
    }
    return floor.replacedEpochs().contains(epoch.getAsInt())
        || (epoch.getAsInt() == floor.at().epoch()
                || floor.earlierEpochs().contains(epoch.getAsInt()))
            && greatest.get().inEpoch(floor.at().epoch()).isBelow(floor.at());
  }

  /** The epoch of all rows; empty where they may have several, or none. */
  private OptionalInt epoch() {
    return least.isPresent()
            && greatest.isPresent()
            && least.get().epoch() == greatest.get().epoch()
        ? OptionalInt.of(least.get().epoch())
        : OptionalInt.empty();
  }

  public static PositionBounds of(DataFile file, TableShape shape) {
    List<String> names = shape.positionPhysicalNames();
    if (file.stats() == null || names.isEmpty()) {
      return UNKNOWN;
    }
    AddStatistics stats = file.stats();
    boolean complete = true;
    for (String name : names) {
      OptionalLong nulls = stats.integer(List.of("nullCount", name));
      complete &= nulls.isPresent() && nulls.getAsLong() == 0;
    }
    return new PositionBounds(
        complete ? position(stats, "minValues", names) : Optional.empty(),
        position(stats, "maxValues", names));
  }

  private static Optional<Position> position(AddStatistics stats, String kind, List<String> names) {
    OptionalLong epoch = stats.integer(List.of(kind, names.get(0)));
    OptionalLong commitLsn = stats.integer(List.of(kind, names.get(1)));
    OptionalLong lsn = stats.integer(List.of(kind, names.get(2)));
    if (epoch.isEmpty() || commitLsn.isEmpty() || lsn.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Position((int) epoch.getAsLong(), commitLsn.getAsLong(), lsn.getAsLong()));
  }
}

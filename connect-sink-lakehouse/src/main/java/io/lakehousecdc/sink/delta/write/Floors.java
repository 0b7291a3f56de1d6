// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.order.Position;
import io.lakehousecdc.sink.delta.snapshot.PositionBounds;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Floors that hold together: what is below any of them is gone. Immutable.
 *
 * @param all may be empty
 */
record Floors(List<Floor> all) {

  /** These and others. */
  Floors and(List<Floor> others) {
    return others.isEmpty()
        ? this
        : new Floors(Stream.concat(all.stream(), others.stream()).toList());
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /**
   * One that a change is below; empty where there is none.
   *
   * @param commitMicros its commit time, microseconds since the epoch; 0 where not known
   */
  Optional<Floor> covering(Position position, long commitMicros) {
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).covers(position, commitMicros)) {
        return Optional.of(all.get(i));
      }
    }
    return Optional.empty();
  }

  /**
   * Whether a row or change is below one.
   *
   * @param commitMicros its commit time, microseconds since the epoch; 0 where not known
   */
  boolean cover(Position position, long commitMicros) {
    return !all.isEmpty() && covering(position, commitMicros).isPresent();
  }

  /** Whether statistics tell that no row of a file is below any. */
  boolean coverNoneOf(PositionBounds bounds) {
    for (int i = 0; i < all.size(); i++) {
      if (!bounds.noneCovered(all.get(i))) {
        return false;
      }
    }
    return true;
  }
}

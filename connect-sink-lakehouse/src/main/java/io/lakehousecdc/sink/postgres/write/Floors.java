// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.write;

import io.lakehousecdc.order.Floor;
import io.lakehousecdc.sink.change.ChangeInfo;
import java.util.List;

/**
 * The truncates and sweeps that hold for a table: changes below any of them are void. Immutable.
 *
 * @param all in no order
 */
record Floors(List<Floor> all) {
  Floors {
    all = List.copyOf(all);
  }

  /** The floor that makes a change void; null where none does. */
  Floor over(ChangeInfo info) {
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).covers(info.position(), info.commitMicros())) {
        return all.get(i);
      }
    }
    return null;
  }

  /** Whether a change is void. */
  boolean cover(ChangeInfo info) {
    return over(info) != null;
  }
}

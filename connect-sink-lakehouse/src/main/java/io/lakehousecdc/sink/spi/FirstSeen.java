// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.spi;

import io.lakehousecdc.sink.change.ChangeInfo;
import io.lakehousecdc.sink.change.Lifetime;
import io.lakehousecdc.sink.change.Operation;
import io.lakehousecdc.sink.spi.TableOptions.DeleteMode;

/**
 * What a change tells of when its key was first seen, for {@link
 * TableOptions.MetadataColumns#firstSeen}: the earliest commit time of the changes that were
 * applied to the row. A delete that keeps the row, marked as deleted, ends nothing; one that
 * removes it does. Changes that are skipped do not count.
 *
 * @param micros microseconds since the epoch; 0 where not known
 * @param anew whether the row that was stored before is another one, which was deleted since
 */
public record FirstSeen(long micros, boolean anew) {

  /** What a change that takes effect tells. */
  public static FirstSeen of(ChangeInfo info, DeleteMode deletes) {
    Lifetime lifetime = info.lifetime();
    if (lifetime == null) {
      return new FirstSeen(info.commitMicros(), false);
    }
    // Of rows that share a deferrable key one has outlived the delete.
    boolean outlived =
        info.operation() == Operation.SURVIVAL || info.operation() == Operation.TAKEOVER;
    return lifetime.reborn() && !outlived && deletes != DeleteMode.SOFT
        ? new FirstSeen(lifetime.rebornMicros(), true)
        : new FirstSeen(lifetime.firstMicros(), false);
  }

  /**
   * The time to store.
   *
   * @param stored of the row that is stored under the key; 0 where there is none, or none is known
   * @return microseconds since the epoch; 0 where not known
   */
  public long over(long stored) {
    return anew ? micros : Lifetime.earlier(stored, micros);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.sink.delta.snapshot.StoredRow;
import io.lakehousecdc.sink.version.Version;
import java.util.HashSet;
import java.util.Set;

/** A stored row that is a version of one of a batch's keys. Not thread-safe. */
final class VersionRow {
  private final StoredRow place;
  private final Version version;
  private final Object[] values;
  private final Set<Integer> same = new HashSet<>(1);

  /**
   * @param version as the truncates of the batch leave it
   * @param values of all columns; null where they are not held
   */
  VersionRow(StoredRow place, Version version, Object[] values) {
    this.place = place;
    this.version = version;
    this.values = values;
  }

  StoredRow place() {
    return place;
  }

  Version version() {
    return version;
  }

  /** Values of all columns; null where they are not held. */
  Object[] values() {
    return values;
  }

  /** Notes that a change leaves the row as it is. */
  void isLeftBy(int number) {
    same.add(number);
  }

  /** Whether a change leaves the row as it is, by the columns that make versions. */
  boolean isSame(int number) {
    return same.contains(number);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.batch;

import io.lakehousecdc.sink.change.RowChange.Step;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;

/**
 * Creates and deletes of a key, in order. A longer list shares what it begins with, so that a
 * transaction which uses a key many times costs no copies. Immutable to its readers; not
 * thread-safe while it is made longer.
 */
final class Steps extends AbstractList<Step> {
  private final List<Step> shared;
  private final int size;

  private Steps(List<Step> shared, int size) {
    this.shared = shared;
    this.size = size;
  }

  static Steps of(Step... steps) {
    return new Steps(new ArrayList<>(List.of(steps)), steps.length);
  }

  /** These and one more. */
  Steps plus(Step step) {
    List<Step> longer = shared.size() == size ? shared : new ArrayList<>(shared.subList(0, size));
    longer.add(step);
    return new Steps(longer, size + 1);
  }

  @Override
  public Step get(int index) {
    if (index >= size) {
      throw new IndexOutOfBoundsException(index);
    }
    return shared.get(index);
  }

  @Override
  public int size() {
    return size;
  }
}

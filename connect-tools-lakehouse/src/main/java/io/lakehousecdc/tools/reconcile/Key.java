// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import java.util.List;
import java.util.Objects;

/**
 * The key of a row: the texts of its columns, as {@link Form#textSql} gives them.
 *
 * @param texts one for each key column
 */
record Key(List<String> texts) {
  /** Whether no part of it is NULL. */
  boolean isComplete() {
    return texts.stream().allMatch(Objects::nonNull);
  }
}

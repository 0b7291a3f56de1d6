// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.reconcile;

import java.util.List;

/**
 * Hashes of rows that are read from files, equal to those that {@link RowSql} has a server compute.
 * Immutable.
 *
 * @param forms forms of the columns, the key's first
 * @param keys number of the key's columns
 */
record RowHash(List<Form> forms, int keys) {

  /** Hash of the key. */
  long ofKey(Object[] values) {
    long hash = 0;
    for (int i = 0; i < keys; i++) {
      hash ^= values[i] == null ? 0 : forms.get(i).hash(values[i], RowSql.keySeed(i));
    }
    return hash;
  }

  /** Hash of the whole row. */
  long ofRow(Object[] values) {
    long hash = 0;
    for (int i = 0; i < values.length; i++) {
      hash ^= values[i] == null ? 0 : forms.get(i).hash(values[i], RowSql.seed(i));
    }
    return hash;
  }
}

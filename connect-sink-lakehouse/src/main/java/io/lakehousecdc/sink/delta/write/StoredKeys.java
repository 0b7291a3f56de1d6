// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.sink.delta.index.EncodedKey;
import io.lakehousecdc.sink.delta.schema.TableShape;
import io.lakehousecdc.sink.delta.snapshot.KeyMap;

/** The keys of stored rows, as the index of the table has them. Not thread-safe. */
final class StoredKeys {
  private final KeyMap index;
  private final int[] places;
  private final Object[] key;

  StoredKeys(KeyMap index, TableShape shape) {
    this.index = index;
    this.places =
        index.columns().stream()
            .mapToInt(column -> shape.placeOfStored(column.physicalName()))
            .toArray();
    this.key = new Object[places.length];
  }

  /**
   * Encodes the key of a row.
   *
   * @param row values of all columns
   * @return false where it has none, because a value of it is NULL
   */
  boolean encode(Object[] row, EncodedKey into) {
    for (int i = 0; i < key.length; i++) {
      key[i] = row[places[i]];
    }
    if (KeyMap.hasNull(key)) {
      return false;
    }
    index.encoder().encode(key, into);
    return true;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.write;

import io.lakehousecdc.sink.delta.index.EncodedKey;
import io.lakehousecdc.sink.delta.index.KeyEncoder;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.delta.schema.TableShape;
import io.lakehousecdc.sink.delta.schema.VersionColumns;
import io.lakehousecdc.sink.delta.snapshot.KeyMap;
import java.util.ArrayList;
import java.util.List;

/** The keys of stored rows, encoded. Not thread-safe. */
final class StoredKeys {
  private final KeyEncoder encoder;
  private final int[] places;
  private final int endPlace;
  private final Object[] key;

  private StoredKeys(
      KeyEncoder encoder, List<DeltaColumn> columns, TableShape shape, int endPlace) {
    this.encoder = encoder;
    this.places =
        columns.stream().mapToInt(column -> shape.placeOfStored(column.physicalName())).toArray();
    this.endPlace = endPlace;
    this.key = new Object[places.length];
  }

  /** Keys as the index of the table has them, of the rows that it knows. */
  static StoredKeys indexed(KeyMap index, TableShape shape) {
    int end = index.end().map(column -> shape.placeOfStored(column.physicalName())).orElse(-1);
    return new StoredKeys(index.encoder(), index.columns(), shape, end);
  }

  /** Keys that tell all rows of a table apart: of versions, with the change that opened them. */
  static StoredKeys unique(KeyMap index, TableShape shape) {
    List<DeltaColumn> columns = new ArrayList<>(index.columns());
    shape.versions().map(VersionColumns::opened).ifPresent(columns::addAll);
    return new StoredKeys(KeyEncoder.of(columns, index.numbersAsText()), columns, shape, -1);
  }

  /**
   * Encodes the key of a row.
   *
   * @param row values of all columns
   * @return false where it has none, because a value of it is NULL, or the index does not know it
   */
  boolean encode(Object[] row, EncodedKey into) {
    if (endPlace >= 0 && row[endPlace] != null) {
      return false;
    }
    for (int i = 0; i < key.length; i++) {
      key[i] = row[places[i]];
    }
    if (KeyMap.hasNull(key)) {
      return false;
    }
    encoder.encode(key, into);
    return true;
  }
}

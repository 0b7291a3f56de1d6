// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.schema;

import io.delta.kernel.types.StringType;
import io.lakehousecdc.sink.change.TableId;
import io.lakehousecdc.sink.delta.parquet.DeltaColumn;
import io.lakehousecdc.sink.error.FatalException;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The columns that the readers of a change data feed get beside those of the table.
 *
 * @see <a href="https://github.com/delta-io/delta/blob/master/PROTOCOL.md#change-data-files">Delta
 *     protocol: Change Data Files</a>
 */
public final class ChangeColumns {
  /** The column that says what has become of a row; the only one that is stored. */
  public static final DeltaColumn TYPE =
      new DeltaColumn("_change_type", "_change_type", OptionalInt.empty(), StringType.STRING, false)
          .indexed(false);

  private static final Set<String> NAMES =
      Set.of(TYPE.name(), "_commit_version", "_commit_timestamp");

  private ChangeColumns() {}

  /** Columns of a file of the feed. */
  public static List<DeltaColumn> after(List<DeltaColumn> stored) {
    return Stream.concat(stored.stream(), Stream.of(TYPE)).toList();
  }

  /**
   * Refuses columns of the same names.
   *
   * @throws FatalException there is one; says what to do
   */
  static void require(TableId table, Collection<String> names) {
    for (String name : names) {
      if (NAMES.contains(ColumnNames.key(name))) {
        throw new FatalException(
            "Table "
                + table
                + ": a table with a change data feed cannot have a column named "
                + name
                + ", which readers of the feed get for themselves. Rename the column or leave it out"
                + " with the transform ReplaceField, or do without the feed: set"
                + " delta.change.data.feed, or the table's property delta.enableChangeDataFeed, to"
                + " false.");
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres.sql;

import io.lakehousecdc.sink.postgres.catalog.PgColumn;
import io.lakehousecdc.sink.postgres.codec.ColumnCodec;
import io.lakehousecdc.sink.postgres.codec.StagingType;
import java.util.Set;

/**
 * A column of a row schema that a table takes.
 *
 * @param index index of its cells
 * @param column where it is stored
 * @param codec how it gets there
 */
public record WrittenColumn(int index, PgColumn column, ColumnCodec codec) {
  private static final Set<String> TEXT_TYPES = Set.of("varchar", "bpchar");

  /** Name of the staged column. */
  public String staged() {
    return "c" + index;
  }

  /** Name in the table, quoted. */
  String sql() {
    return column.sql();
  }

  /**
   * Whether COPY into the table takes the encoded form, which it does where a staged value needs no
   * cast, and from text for the types whose binary form is that of text, too.
   */
  boolean copied() {
    boolean text = codec.staging() == StagingType.TEXT && !codec.array();
    return codec.direct() || text && TEXT_TYPES.contains(column.type().name());
  }

  /** The staged value as the column's type; {@code staged} is the name it is staged under. */
  public String converted(String staged) {
    return codec.direct() ? staged : staged + "::" + codec.cast();
  }
}

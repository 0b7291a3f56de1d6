package io.lakehousecdc.sink.target.postgres;

/**
 * A column of a row schema that a table takes.
 *
 * @param index index of its cells
 * @param column where it is stored
 * @param codec how it gets there
 */
record WrittenColumn(int index, PgColumn column, ColumnCodec codec) {

  /** Name of the staged column. */
  String staged() {
    return "c" + index;
  }

  /** Name in the table, quoted. */
  String sql() {
    return column.sql();
  }

  /** The staged value as the column's type; {@code staged} is the name it is staged under. */
  String converted(String staged) {
    return codec.direct() ? staged : staged + "::" + codec.cast();
  }
}

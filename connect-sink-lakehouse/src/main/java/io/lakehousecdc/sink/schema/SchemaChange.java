// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.schema;

import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType;

/** One change of a stored table's columns. */
public sealed interface SchemaChange {

  /** Adds a column. It allows NULL, because stored rows have no value for it. */
  record AddColumn(Column column) implements SchemaChange {}

  /** Widens a column's type, keeping all values. */
  record WidenColumn(String name, LogicalType from, LogicalType to) implements SchemaChange {}

  /** Allows NULL in a column. */
  record RelaxNotNull(String name) implements SchemaChange {}

  /** Drops a column and its values. */
  record DropColumn(String name) implements SchemaChange {}

  /** Sets all values of a column to NULL. */
  record ClearColumn(String name) implements SchemaChange {}

  /**
   * Sets all values of a column to NULL, and changes its type to one that can store the given
   * column.
   */
  record ReplaceColumn(Column column) implements SchemaChange {}
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.schema;

import io.lakehousecdc.sink.change.Column;
import io.lakehousecdc.sink.change.LogicalType;

/** A step that brings a stored table's columns to those of the source. */
public sealed interface SchemaChange {

  /** Adds a column; optional, because stored rows have no value for it. */
  record AddColumn(Column column) implements SchemaChange {}

  /** Widens a column's type without losing a value. */
  record WidenColumn(String name, LogicalType from, LogicalType to) implements SchemaChange {}

  /** Lets a column hold NULL. */
  record RelaxNotNull(String name) implements SchemaChange {}

  /** Removes a column with its values. */
  record DropColumn(String name) implements SchemaChange {}

  /** Makes every value of a column NULL. */
  record ClearColumn(String name) implements SchemaChange {}

  /** Makes every value of a column NULL, and its type one that can store the given column. */
  record ReplaceColumn(Column column) implements SchemaChange {}
}

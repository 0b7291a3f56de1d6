/**
 * The readers that are compiled per table and schema, for columns, keys and old rows; the naming of
 * tables, key overrides and field filters.
 */
package io.lakehousecdc.sink.decode.table;

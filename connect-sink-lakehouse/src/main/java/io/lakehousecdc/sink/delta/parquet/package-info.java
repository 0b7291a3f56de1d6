/**
 * Parquet files of Delta tables: rows in, rows out, by the physical names of the table's column
 * mapping.
 */
package io.lakehousecdc.sink.delta.parquet;

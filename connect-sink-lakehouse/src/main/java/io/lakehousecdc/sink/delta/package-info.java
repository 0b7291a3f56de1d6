/**
 * The Delta Lake target: rows in new Parquet files, deletion vectors on the old ones and partition
 * states in metadata domains, all in one commit per table.
 */
package io.lakehousecdc.sink.delta;

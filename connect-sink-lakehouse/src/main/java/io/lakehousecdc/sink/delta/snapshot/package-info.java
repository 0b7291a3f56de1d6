/**
 * One version of a table in memory: its files, their deleted rows, the bounds of their positions,
 * and where the row of each key lies.
 */
package io.lakehousecdc.sink.delta.snapshot;

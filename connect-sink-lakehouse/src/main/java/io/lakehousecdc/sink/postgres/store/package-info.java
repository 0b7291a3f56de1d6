/**
 * The sink's own tables: histories, offsets, waiting sweeps, remembered truncates, source columns,
 * dead letters.
 */
package io.lakehousecdc.sink.postgres.store;

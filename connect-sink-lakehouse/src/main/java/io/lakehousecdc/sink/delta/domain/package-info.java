/** Metadata domains: what is kept of partitions, truncates and sweeps in the log of a table. */
package io.lakehousecdc.sink.delta.domain;

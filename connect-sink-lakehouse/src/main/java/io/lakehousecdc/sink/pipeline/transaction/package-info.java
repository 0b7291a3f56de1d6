/**
 * The assembly of whole transactions from the records of several partitions. Knows neither
 * positions nor batches.
 */
package io.lakehousecdc.sink.pipeline.transaction;

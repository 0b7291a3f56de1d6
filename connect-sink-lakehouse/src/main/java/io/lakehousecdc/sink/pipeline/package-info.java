/**
 * The way from decoded events to commits: ordering and offsets per partition, batching, and one
 * writer thread per task. Knows no Kafka type.
 */
package io.lakehousecdc.sink.pipeline;

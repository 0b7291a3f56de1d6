/**
 * Turns Kafka Connect's records into change events, once, with readers compiled per Connect schema.
 * Holds the one table of types (Debezium's semantic types to logical types).
 */
package io.lakehousecdc.sink.decode;

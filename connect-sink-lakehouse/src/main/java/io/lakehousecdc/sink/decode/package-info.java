/**
 * The decoder: Kafka Connect's records become change events, each decoded once by a reader that is
 * compiled per Connect schema. {@code table} holds what is compiled per table, {@code type} the
 * table of types.
 */
package io.lakehousecdc.sink.decode;

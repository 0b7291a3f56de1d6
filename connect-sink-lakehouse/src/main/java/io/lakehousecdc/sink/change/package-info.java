/**
 * The data model of the sink: change events, tables, rows, keys, types and dead letters. It imports
 * only the JDK and {@code connect-cdc-order}, so that every other package can use it.
 */
package io.lakehousecdc.sink.change;

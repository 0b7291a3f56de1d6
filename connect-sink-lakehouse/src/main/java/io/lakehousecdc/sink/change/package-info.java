/**
 * The vocabulary of change events: tables, rows, keys, types and positions. Depends on the JDK
 * alone, so that every other package can speak it.
 */
package io.lakehousecdc.sink.change;

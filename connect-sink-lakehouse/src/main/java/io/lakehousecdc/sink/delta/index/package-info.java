/**
 * Where the row of each key of a Delta table lies: an exact map off the Java heap. A cache that can
 * always be rebuilt from the table.
 */
package io.lakehousecdc.sink.delta.index;

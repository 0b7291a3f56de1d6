/**
 * The table of types: the logical type of each Connect and Debezium type, and the conversion of its
 * values.
 */
package io.lakehousecdc.sink.decode.type;

/**
 * The one table of types: what each Connect and Debezium type means, and how its values are read.
 */
package io.lakehousecdc.sink.decode.type;

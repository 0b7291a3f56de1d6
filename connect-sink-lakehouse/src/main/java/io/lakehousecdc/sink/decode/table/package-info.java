/**
 * Readers compiled for a table's schema: columns, keys, old rows; which table a record belongs to
 * and which of its fields count.
 */
package io.lakehousecdc.sink.decode.table;

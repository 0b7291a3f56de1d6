/** The columns of a table: types, partitioning, and how a batch's cells become a table's values. */
package io.lakehousecdc.sink.delta.schema;

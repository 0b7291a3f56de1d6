/** Schema evolution: how the columns of a target table follow those of the source table. */
package io.lakehousecdc.sink.schema;

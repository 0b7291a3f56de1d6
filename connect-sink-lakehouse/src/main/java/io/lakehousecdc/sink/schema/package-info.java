/** How a table's columns follow the source's. */
package io.lakehousecdc.sink.schema;

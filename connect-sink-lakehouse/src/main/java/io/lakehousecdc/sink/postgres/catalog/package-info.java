/** Tables, columns and types as the server's catalogue has them, and how names are quoted. */
package io.lakehousecdc.sink.postgres.catalog;

/** Creates tables and lets their columns follow the source's. */
package io.lakehousecdc.sink.postgres.schema;

/**
 * The way of a batch into its tables: encoding, staging, merging, and the attempt to commit all of
 * it with the offsets.
 */
package io.lakehousecdc.sink.postgres.write;

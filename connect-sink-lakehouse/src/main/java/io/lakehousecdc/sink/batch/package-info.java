/** What is collected between two commits: the last change per key, merged cell by cell. */
package io.lakehousecdc.sink.batch;

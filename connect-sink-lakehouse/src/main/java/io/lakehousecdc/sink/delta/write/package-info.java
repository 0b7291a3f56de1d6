/**
 * From a batch to the files of a commit: which rows are written and which go, planned against one
 * version of the table.
 */
package io.lakehousecdc.sink.delta.write;

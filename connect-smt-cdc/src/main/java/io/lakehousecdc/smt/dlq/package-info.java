/**
 * Finds records that are no valid change events, and what becomes of them: the headers of a
 * dead-letter topic, the struct that a sink writes to its dead-letter table.
 */
package io.lakehousecdc.smt.dlq;

/**
 * The validation of change events, and the two forms of a dead letter: headers for a dead-letter
 * topic, and the struct that a sink writes to its dead-letter table.
 */
package io.lakehousecdc.smt.dlq;

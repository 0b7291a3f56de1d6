/**
 * The command that publishes dead letters of a topic or a table again, to their original topics.
 * Runs outside of Connect and needs only kafka-clients (and a JDBC driver for tables).
 */
package io.lakehousecdc.smt.replay;

/**
 * A command that publishes dead letters again, from a topic or a table, to where they came from.
 * Runs outside of Connect, with nothing but kafka-clients (and a JDBC driver for tables).
 */
package io.lakehousecdc.smt.replay;

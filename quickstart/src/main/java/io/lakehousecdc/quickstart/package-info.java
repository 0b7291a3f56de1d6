/**
 * The whole pipeline on one machine: a shop database that is written to, its warehouse, and the
 * proof that both hold the same rows. Started by {@code quickstart/run.sh}.
 */
package io.lakehousecdc.quickstart;

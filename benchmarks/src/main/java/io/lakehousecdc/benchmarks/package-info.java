/** Benchmarks of the sink beside its peers, run by {@code benchmarks/run.sh <name>}. */
package io.lakehousecdc.benchmarks;

/** What every benchmark needs: its options, its directory, and the lines that it prints. */
package io.lakehousecdc.benchmarks.harness;

/** The common parts of all benchmarks: options, directories and result lines. */
package io.lakehousecdc.benchmarks.harness;

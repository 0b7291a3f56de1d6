/** Watching a worker from outside. */
package io.lakehousecdc.benchmarks.measure;

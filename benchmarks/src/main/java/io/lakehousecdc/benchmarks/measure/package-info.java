/** Measurements of a worker from outside, and statistics. */
package io.lakehousecdc.benchmarks.measure;

/** Measurements of sinks in a real worker, from the source or a topic to their target. */
package io.lakehousecdc.benchmarks.stack;

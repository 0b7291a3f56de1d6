/** Sinks in a real worker, from the source or a recorded topic to their target. */
package io.lakehousecdc.benchmarks.stack;

/** A sink that does nothing: what the converter and the worker leave for any sink. */
package io.lakehousecdc.benchmarks.noop;

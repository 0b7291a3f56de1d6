/** Benchmarks of commits into Delta tables and of building their key index. */
package io.lakehousecdc.benchmarks.delta;

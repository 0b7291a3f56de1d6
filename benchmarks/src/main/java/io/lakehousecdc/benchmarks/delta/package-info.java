/** Commits into Delta tables, and how fast their key index is built. */
package io.lakehousecdc.benchmarks.delta;

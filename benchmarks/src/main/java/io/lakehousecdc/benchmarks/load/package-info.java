/** The load: a table of orders, its changes, and the way they take into a topic. */
package io.lakehousecdc.benchmarks.load;

/** The load: a table of orders, its changes, and the topics that Debezium makes of them. */
package io.lakehousecdc.benchmarks.load;

/**
 * Real PostgreSQL, Kafka and Connect in child processes, and builders of Debezium records. For
 * tests (and the quickstart and benchmarks, which run the same parts); never part of the plugin.
 */
package io.lakehousecdc.testkit;

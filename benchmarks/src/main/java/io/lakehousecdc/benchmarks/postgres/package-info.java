/** {@code run.sh postgres}: the sink into PostgreSQL. */
package io.lakehousecdc.benchmarks.postgres;

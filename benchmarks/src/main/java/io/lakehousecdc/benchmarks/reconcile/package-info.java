/** What a comparison of source and target costs. */
package io.lakehousecdc.benchmarks.reconcile;

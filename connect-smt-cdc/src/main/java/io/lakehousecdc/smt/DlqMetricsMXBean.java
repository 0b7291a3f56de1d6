// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt;

/**
 * The metrics of one {@link DlqRouter}, registered as {@code
 * io.lakehousecdc:type=dlq-router,id=<metrics.id>-<n>}. Counters start at 0 with the task.
 */
public interface DlqMetricsMXBean {
  /** Records examined. */
  long getSeen();

  /** Invalid records: routed, rewritten or refused. */
  long getRejected();
}

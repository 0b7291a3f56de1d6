/** Figures of a task, for JMX and for Connect's plugin metrics. */
package io.lakehousecdc.sink.metrics;

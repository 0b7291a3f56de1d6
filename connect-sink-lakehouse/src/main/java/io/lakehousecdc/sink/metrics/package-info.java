/** Metrics of a task, published through JMX and Connect's plugin metrics. */
package io.lakehousecdc.sink.metrics;

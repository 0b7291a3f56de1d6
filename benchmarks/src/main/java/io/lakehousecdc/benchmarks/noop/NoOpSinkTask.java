// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.noop;

import java.util.Collection;
import java.util.Map;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/** A sink task that discards all records; the worker's own metrics count them. */
public final class NoOpSinkTask extends SinkTask {
  @Override
  public String version() {
    return NoOpSinkConnector.VERSION;
  }

  @Override
  public void start(Map<String, String> configuration) {}

  @Override
  public void put(Collection<SinkRecord> records) {}

  @Override
  public void stop() {}
}

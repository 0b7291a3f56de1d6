// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt;

import io.lakehousecdc.testkit.DebeziumEvent;
import io.lakehousecdc.testkit.DebeziumRecords;
import io.lakehousecdc.testkit.DebeziumTable;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import javax.management.JMException;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.sink.SinkRecord;

/** A task's {@link LsnDedup}, fed with events at successive offsets of each partition. */
final class DedupRun implements AutoCloseable {
  static final DebeziumTable ORDERS =
      DebeziumRecords.table("public", "orders")
          .key("id", Schema.INT64_SCHEMA)
          .column("note", Schema.OPTIONAL_STRING_SCHEMA);

  private final LsnDedup<SinkRecord> transform = new LsnDedup<>();
  private final Map<Integer, Long> nextOffsets = new HashMap<>();

  DedupRun() {
    this(Map.of());
  }

  DedupRun(Map<String, ?> configuration) {
    transform.configure(configuration);
  }

  /** Whether the event passes at the next offset of partition 0. */
  boolean passes(DebeziumEvent event) {
    return passes(event, 0);
  }

  boolean passes(DebeziumEvent event, int partition) {
    long offset = nextOffsets.merge(partition, 1L, Long::sum) - 1;
    return apply(event.at(partition, offset)) != null;
  }

  SinkRecord apply(SinkRecord record) {
    return transform.apply(record);
  }

  long metric(String attribute) {
    try {
      return (Long)
          ManagementFactory.getPlatformMBeanServer()
              .getAttribute(transform.registration().name(), attribute);
    } catch (JMException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    transform.close();
  }
}

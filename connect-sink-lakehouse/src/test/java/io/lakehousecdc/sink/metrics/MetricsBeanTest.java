// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.metrics;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

class MetricsBeanTest {

  @Test
  void taskThatLingersDoesNotTakeTheFiguresOfItsSuccessorAway() throws JMException {
    MetricsBean lingering = MetricsBean.register(new SinkMetrics(), "lingering", 0);
    MetricsBean successor = MetricsBean.register(new SinkMetrics(), "lingering", 0);
    lingering.close();
    assertTrue(isPublished());
    successor.close();
    assertFalse(isPublished());
  }

  private static boolean isPublished() throws JMException {
    return ManagementFactory.getPlatformMBeanServer()
        .isRegistered(new ObjectName("io.lakehousecdc:type=sink,connector=\"lingering\",task=0"));
  }
}

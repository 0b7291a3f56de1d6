// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.smt;

import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicInteger;
import javax.management.JMException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registration of a bean in the platform's MBean server, until it is closed. A transform does
 * not know which connector and task it belongs to, so the bean's name has an id from the
 * configuration, and a number that distinguishes the tasks of one worker.
 *
 * <p>Kafka's own plugin metrics (KIP-877) are not used: a transform has to implement {@code
 * Monitorable} for them, and a class that does so cannot be loaded by workers before 4.1, which
 * lack that interface.
 */
final class MetricsRegistration implements AutoCloseable {
  static final String DOMAIN = "io.lakehousecdc";

  private static final Logger LOG = LoggerFactory.getLogger(MetricsRegistration.class);
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final ObjectName name;

  private MetricsRegistration(ObjectName name) {
    this.name = name;
  }

  /** Registers the bean. If that fails, logs it, and the transform works without. */
  static MetricsRegistration register(String type, String id, Object bean) {
    String unique = DOMAIN + ":type=" + type + ",id=" + id + "-" + NUMBER.incrementAndGet();
    try {
      ObjectName name = new ObjectName(unique);
      ManagementFactory.getPlatformMBeanServer().registerMBean(bean, name);
      return new MetricsRegistration(name);
    } catch (JMException e) {
      LOG.warn("No metrics: the MBean {} could not be registered", unique, e);
      return new MetricsRegistration(null);
    }
  }

  ObjectName name() {
    return name;
  }

  @Override
  public void close() {
    if (name == null) {
      return;
    }
    try {
      ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
    } catch (JMException e) {
      LOG.warn("The MBean {} could not be unregistered", name, e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.demo;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import io.lakehousecdc.quickstart.display.Freshness;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * The reader of the sink's metrics in the worker's JVM, through its local management agent, which
 * needs no open port. Reconnects after the worker was killed. For one thread.
 */
final class WorkerMetrics implements AutoCloseable {
  private final long pid;
  private final JMXConnector connector;

  private WorkerMetrics(long pid, JMXConnector connector) {
    this.pid = pid;
    this.connector = connector;
  }

  /** Attaches to a JVM of this user. */
  @SuppressWarnings("BanJNDI") // the address comes from a child that this program has started
  static WorkerMetrics of(long pid) throws IOException {
    try {
      VirtualMachine worker = VirtualMachine.attach(Long.toString(pid));
      try {
        JMXServiceURL url = new JMXServiceURL(worker.startLocalManagementAgent());
        return new WorkerMetrics(pid, JMXConnectorFactory.connect(url));
      } finally {
        worker.detach();
      }
    } catch (AttachNotSupportedException e) {
      throw new IOException("cannot attach to process " + pid, e);
    }
  }

  boolean isOf(long process) {
    return pid == process;
  }

  /** Empty where the connector has no task yet or has applied nothing that tells. */
  Optional<Freshness> freshness(String connectorName) throws IOException {
    try {
      ObjectName sink =
          new ObjectName(
              "io.lakehousecdc:type=sink,connector=" + ObjectName.quote(connectorName) + ",task=0");
      MBeanServerConnection beans = connector.getMBeanServerConnection();
      if (!beans.isRegistered(sink)) {
        return Optional.empty();
      }
      Duration p50 = micros(beans, sink, "FreshnessP50Micros");
      Duration p99 = micros(beans, sink, "FreshnessP99Micros");
      return p99.isZero() ? Optional.empty() : Optional.of(new Freshness(p50, p99));
    } catch (JMException e) {
      throw new IOException("no freshness of " + connectorName, e);
    }
  }

  private static Duration micros(MBeanServerConnection beans, ObjectName bean, String attribute)
      throws JMException, IOException {
    return Duration.of((Long) beans.getAttribute(bean, attribute), ChronoUnit.MICROS);
  }

  @Override
  public void close() throws IOException {
    connector.close();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.metrics;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanRegistration;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The MBean that publishes a task's metrics, {@code
 * io.lakehousecdc:type=sink,connector="name",task=number}. Available on workers of any version.
 */
public final class MetricsBean implements DynamicMBean, MBeanRegistration, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MetricsBean.class);

  private final SinkMetrics metrics;
  private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
  private final ObjectName name;
  private volatile boolean registered;

  private MetricsBean(SinkMetrics metrics, ObjectName name) {
    this.metrics = metrics;
    this.name = name;
  }

  /** Registers the MBean, and replaces an earlier one of the same name. */
  public static MetricsBean register(SinkMetrics metrics, String connector, int task) {
    try {
      ObjectName name =
          new ObjectName(
              "io.lakehousecdc:type=sink,connector="
                  + ObjectName.quote(connector)
                  + ",task="
                  + task);
      MetricsBean bean = new MetricsBean(metrics, name);
      if (bean.server.isRegistered(name)) {
        bean.server.unregisterMBean(name);
      }
      bean.server.registerMBean(bean, name);
      return bean;
    } catch (JMException e) {
      throw new IllegalStateException("Cannot publish metrics of " + connector, e);
    }
  }

  @Override
  public Object getAttribute(String attribute) throws AttributeNotFoundException {
    SinkMetrics.Figure figure = metrics.figures().get(attribute);
    if (figure == null) {
      throw new AttributeNotFoundException(attribute);
    }
    return figure.value().getAsLong();
  }

  @Override
  public AttributeList getAttributes(String[] attributes) {
    AttributeList list = new AttributeList();
    for (String attribute : attributes) {
      SinkMetrics.Figure figure = metrics.figures().get(attribute);
      if (figure != null) {
        list.add(new Attribute(attribute, figure.value().getAsLong()));
      }
    }
    return list;
  }

  @Override
  public void setAttribute(Attribute attribute) throws AttributeNotFoundException {
    throw new AttributeNotFoundException(attribute.getName() + " is read-only");
  }

  @Override
  public AttributeList setAttributes(AttributeList attributes) {
    return new AttributeList();
  }

  @Override
  public Object invoke(String action, Object[] parameters, String[] signature) {
    throw new UnsupportedOperationException(action);
  }

  @Override
  public MBeanInfo getMBeanInfo() {
    List<MBeanAttributeInfo> attributes = new ArrayList<>();
    for (SinkMetrics.Figure figure : metrics.figures().values()) {
      attributes.add(
          new MBeanAttributeInfo(
              figure.name(), "long", figure.documentation(), true, false, false));
    }
    return new MBeanInfo(
        MetricsBean.class.getName(),
        "Metrics of a sink task",
        attributes.toArray(MBeanAttributeInfo[]::new),
        null,
        null,
        null);
  }

  @Override
  public ObjectName preRegister(MBeanServer where, ObjectName wanted) {
    return wanted;
  }

  @Override
  public void postRegister(Boolean done) {
    registered = done;
  }

  @Override
  public void preDeregister() {}

  @Override
  public void postDeregister() {
    registered = false;
  }

  /** Unregisters the MBean, unless a later one has replaced it. */
  @Override
  public void close() {
    try {
      if (registered) {
        server.unregisterMBean(name);
      }
    } catch (JMException e) {
      LOG.debug("Cannot unregister {}", name, e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.measure;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** The metrics of a Connect worker on this machine, by JMX. Safe for use by many threads. */
public final class WorkerJmx implements AutoCloseable {
  private static final int MEGABYTE = 1 << 20;

  private final JMXConnector connector;
  private final MBeanServerConnection beans;

  private WorkerJmx(JMXConnector connector) throws IOException {
    this.connector = connector;
    this.beans = connector.getMBeanServerConnection();
  }

  /** Connects to the JVM of this process id, which runs as the same user. */
  @SuppressWarnings("BanJNDI") // the other end is a child of this JVM, by loopback
  public static WorkerJmx attach(long pid) {
    try {
      VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
      try {
        String url = machine.startLocalManagementAgent();
        return new WorkerJmx(JMXConnectorFactory.connect(new JMXServiceURL(url)));
      } finally {
        machine.detach();
      }
    } catch (AttachNotSupportedException e) {
      throw new IllegalStateException("cannot watch process " + pid, e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot watch process " + pid, e);
    }
  }

  /** Records that the first task of a sink has polled and converted; 0 before it runs. */
  public long recordsRead(String sink) {
    return taskFigure(sink, "sink-record-read-total");
  }

  /** Records that the first task's {@code put} has taken; 0 before it runs. */
  public long recordsPut(String sink) {
    return taskFigure(sink, "sink-record-send-total");
  }

  /** A metric of this project's sink, task 0; its documentation states the unit. */
  public long sinkFigure(String sink, String attribute) {
    return ((Number)
            attribute(
                "io.lakehousecdc:type=sink,connector=\"%s\",task=0".formatted(sink), attribute))
        .longValue();
  }

  /** What the last collection of each collector has left on the heap, the larger, in megabytes. */
  public long heapAfterCollection() {
    try {
      long largest = 0;
      for (ObjectName collector :
          beans.queryNames(new ObjectName("java.lang:type=GarbageCollector,name=*"), null)) {
        largest =
            Math.max(largest, left((CompositeData) beans.getAttribute(collector, "LastGcInfo")));
      }
      return largest / MEGABYTE;
    } catch (JMException | IOException e) {
      throw new IllegalStateException("the worker's heap cannot be read", e);
    }
  }

  /** Processor time of the whole worker since it started, in seconds. */
  public double cpuSeconds() {
    return ((Number) attribute("java.lang:type=OperatingSystem", "ProcessCpuTime")).longValue()
        / 1e9;
  }

  /** Writes the running flight recording to a file, as {@code jcmd JFR.dump} does. */
  public void dumpRecording(Path file) {
    try {
      beans.invoke(
          new ObjectName("com.sun.management:type=DiagnosticCommand"),
          "jfrDump",
          new Object[] {new String[] {"filename=" + file}},
          new String[] {String[].class.getName()});
    } catch (JMException | IOException e) {
      throw new IllegalStateException("no flight recording in " + file, e);
    }
  }

  @Override
  public void close() {
    try {
      connector.close();
    } catch (IOException workerIsGone) {
      // nothing is left to close
    }
  }

  private static long left(CompositeData collection) {
    if (collection == null) {
      return 0;
    }
    long used = 0;
    for (Object pool : ((TabularData) collection.get("memoryUsageAfterGc")).values()) {
      CompositeData entry = (CompositeData) pool;
      if (isHeap((String) entry.get("key"))) {
        used += (Long) ((CompositeData) entry.get("value")).get("used");
      }
    }
    return used;
  }

  private static boolean isHeap(String pool) {
    return pool.contains("Eden") || pool.contains("Survivor") || pool.contains("Old Gen");
  }

  private long taskFigure(String sink, String attribute) {
    String name = "kafka.connect:type=sink-task-metrics,connector=%s,task=0".formatted(sink);
    Object value = attribute(name, attribute);
    return value == null ? 0 : ((Number) value).longValue();
  }

  /** Null where there is no such bean yet. */
  private Object attribute(String bean, String attribute) {
    try {
      ObjectName name = new ObjectName(bean);
      return beans.isRegistered(name) ? beans.getAttribute(name, attribute) : null;
    } catch (JMException e) {
      throw new IllegalStateException("no attribute %s of %s".formatted(attribute, bean), e);
    } catch (IOException e) {
      throw new UncheckedIOException("the worker does not answer", e);
    }
  }
}

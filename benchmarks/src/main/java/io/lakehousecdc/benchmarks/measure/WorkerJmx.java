// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.measure;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

  /** Records that the tasks of a sink have polled and converted; 0 before they run. */
  public long recordsRead(String sink) {
    return sum(tasks(sink), "sink-record-read-total");
  }

  /** Records that their {@code put} has taken; 0 before they run. */
  public long recordsPut(String sink) {
    return sum(tasks(sink), "sink-record-send-total");
  }

  /** How many tasks of a sink have partitions. */
  public long assignedTasks(String sink) {
    return figures(tasks(sink), "partition-count").stream().filter(count -> count > 0).count();
  }

  /** A metric of this project's sink, the sum of its tasks; its documentation states the unit. */
  public long sinkFigure(String sink, String attribute) {
    return sum("io.lakehousecdc:type=sink,connector=\"%s\",task=*".formatted(sink), attribute);
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
    return sum("java.lang:type=OperatingSystem", "ProcessCpuTime") / 1e9;
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

  private static String tasks(String sink) {
    return "kafka.connect:type=sink-task-metrics,connector=%s,task=*".formatted(sink);
  }

  private long sum(String pattern, String attribute) {
    return (long) figures(pattern, attribute).stream().mapToDouble(Number::doubleValue).sum();
  }

  /** Of all beans of that name; none where there is no such bean yet. */
  private List<Double> figures(String pattern, String attribute) {
    try {
      List<Double> figures = new ArrayList<>();
      for (ObjectName bean : beans.queryNames(new ObjectName(pattern), null)) {
        figures.add(((Number) beans.getAttribute(bean, attribute)).doubleValue());
      }
      return figures;
    } catch (JMException e) {
      throw new IllegalStateException("no attribute %s of %s".formatted(attribute, pattern), e);
    } catch (IOException e) {
      throw new UncheckedIOException("the worker does not answer", e);
    }
  }
}

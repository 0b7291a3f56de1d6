// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.connect.health.ConnectClusterState;
import org.apache.kafka.connect.health.ConnectorHealth;
import org.apache.kafka.connect.health.ConnectorState;
import org.apache.kafka.connect.health.ConnectorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterReaderTest {
  @TempDir Path root;

  /** A cluster whose connectors all run, without tasks. */
  private record Cluster(Map<String, Map<String, String>> configurations)
      implements ConnectClusterState {
    @Override
    public Collection<String> connectors() {
      return configurations.keySet();
    }

    @Override
    public Map<String, String> connectorConfig(String name) {
      return configurations.get(name);
    }

    @Override
    public ConnectorHealth connectorHealth(String name) {
      return new ConnectorHealth(
          name,
          new ConnectorState(SinkState.RUNNING, "worker", null),
          Map.of(),
          ConnectorType.SINK);
    }
  }

  private Map<String, String> delta(String name, String type) {
    return Map.of(
        "name",
        name,
        "connector.class",
        type,
        "topics",
        "src.shop.people",
        "target",
        "delta",
        "delta.root",
        root.toString());
  }

  private static Map<String, String> hanging(String name, ServerSocket silent) {
    Map<String, String> settings = new HashMap<>();
    settings.put("name", name);
    settings.put("connector.class", "LakehouseSinkConnector");
    settings.put("topics", "src.shop.people");
    settings.put("target", "postgres");
    settings.put(
        "postgres.url", "jdbc:postgresql://127.0.0.1:" + silent.getLocalPort() + "/warehouse");
    settings.put("postgres.user", "sink");
    return settings;
  }

  @Test
  void sinksAreFoundByEachNameThatConnectTakesForTheirClass() {
    Map<String, Map<String, String>> all = new TreeMap<>();
    all.put("a", delta("a", "io.lakehousecdc.sink.LakehouseSinkConnector"));
    all.put("b", delta("b", "LakehouseSinkConnector"));
    all.put("c", delta("c", "LakehouseSink"));
    all.put("d", delta("d", "FileStreamSink"));
    try (ClusterReader reader =
        new ClusterReader(new Cluster(all), Map.of(), Duration.ofSeconds(30))) {
      assertEquals(List.of("a", "b", "c"), reader.read().stream().map(SinkState::name).toList());
    }
  }

  @Test
  void manyWarehousesThatHangAreWaitedForOnce() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
      Map<String, Map<String, String>> all = new TreeMap<>();
      for (int i = 10; i < 22; i++) {
        all.put("hangs" + i, hanging("hangs" + i, silent));
      }
      all.put("works", delta("works", "LakehouseSinkConnector"));
      try (ClusterReader reader =
          new ClusterReader(new Cluster(all), Map.of(), Duration.ofSeconds(3))) {
        long began = System.nanoTime();
        List<SinkState> sinks = reader.read();
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        // One after the other they would take 36 seconds.
        assertTrue(took.compareTo(Duration.ofSeconds(30)) < 0, "took " + took);
        for (SinkState sink : sinks) {
          assertEquals(
              sink.name().equals("works") ? null : "it has not answered for 3 seconds.",
              sink.unreadable());
        }
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.demo;

import io.lakehousecdc.quickstart.display.Freshness;
import io.lakehousecdc.quickstart.display.Status;
import io.lakehousecdc.quickstart.shop.ShopDatabase;
import io.lakehousecdc.quickstart.warehouse.ShopTable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The monitor that collects the state of databases, topics and worker. For one thread. */
final class Monitor implements AutoCloseable {
  private final DemoStack stack;
  private final ShopDatabase shop;
  private final List<Destination> destinations;
  private final long start = System.nanoTime();
  private Optional<WorkerMetrics> metrics = Optional.empty();

  Monitor(DemoStack stack, ShopDatabase shop, List<Destination> destinations) {
    this.stack = stack;
    this.shop = shop;
    this.destinations = destinations;
  }

  Status read() {
    List<Status.Sink> sinks = new ArrayList<>();
    for (Destination destination : destinations) {
      sinks.add(
          new Status.Sink(
              destination.warehouse().name(),
              tables(destination),
              freshness(destination.connector())));
    }
    return new Status(Duration.ofNanos(System.nanoTime() - start), sinks, stack.workerIsUp());
  }

  private List<Status.Table> tables(Destination destination) {
    TopicProgress progress =
        TopicProgress.read(
            stack.kafka().client(),
            destination.group(),
            shop.tables().stream().map(ShopTable::topic).collect(Collectors.toSet()));
    return shop.tables().stream()
        .map(
            table ->
                new Status.Table(
                    table.name(),
                    shop.reader().count(table),
                    destination.warehouse().count(table),
                    progress.applied(table.topic()),
                    progress.lag(table.topic())))
        .toList();
  }

  /** Empty, too, where the worker cannot be asked because it is being killed or started. */
  private Optional<Freshness> freshness(String connector) {
    if (!stack.workerIsUp()) {
      return Optional.empty();
    }
    try {
      long pid = stack.worker().pid();
      if (!metrics.map(known -> known.isOf(pid)).orElse(false)) {
        close();
        metrics = Optional.of(WorkerMetrics.of(pid));
      }
      return metrics.get().freshness(connector);
    } catch (IOException workerIsAway) {
      close();
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    try {
      if (metrics.isPresent()) {
        metrics.get().close();
      }
    } catch (IOException workerIsAway) {
      // the connection has ended with the worker
    } finally {
      metrics = Optional.empty();
    }
  }
}

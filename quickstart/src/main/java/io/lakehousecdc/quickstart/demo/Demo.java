// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.demo;

import io.lakehousecdc.quickstart.display.Display;
import io.lakehousecdc.quickstart.display.Status;
import io.lakehousecdc.quickstart.shop.ShopDatabase;
import io.lakehousecdc.quickstart.shop.Simulator;
import io.lakehousecdc.quickstart.warehouse.DemoFailure;
import io.lakehousecdc.quickstart.warehouse.PostgresTables;
import io.lakehousecdc.quickstart.warehouse.ShopTable;
import io.lakehousecdc.quickstart.warehouse.Warehouse;
import io.lakehousecdc.testkit.Await;
import io.lakehousecdc.testkit.PostgresDatabase;
import io.lakehousecdc.testkit.ProjectFiles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** The demo, from starting all parts to the proof of equality. For one thread. */
public final class Demo {
  private static final Duration CONVERGENCE = Duration.ofSeconds(90);
  private static final String SOURCE = "source/plain.json";
  private static final String POSTGRES_SINK = "sink/postgres-upsert.json";

  private final Options options;
  private final Display display;
  private final DemoStack stack;
  private final List<String> connectors = new ArrayList<>();

  public Demo(Options options, Display display, DemoStack stack) {
    this.options = options;
    this.display = display;
    this.stack = stack;
  }

  /**
   * Runs the demo to its end; with {@code --serve}, until the JVM is ended.
   *
   * @throws DemoFailure if source and warehouse are unequal, or a step before the comparison fails
   */
  public void run() {
    heading(
        "Starting PostgreSQL as the source, another as the warehouse, Kafka and a Connect worker");
    stack.start(options.store());
    ShopDatabase shop = ShopDatabase.create(stack.source());
    display.say("Created the shop: " + shop.tables().stream().map(ShopTable::name).toList());
    List<Destination> destinations = registerConnectors(shop);
    try (Monitor monitor = new Monitor(stack, shop, destinations)) {
      LiveView view = new LiveView(stack, connectors, monitor, display);
      write(shop, view);
      converge(shop, destinations, view);
    }
    display.freeze();
    if (options.warehouse() == Options.WarehouseState.TAMPERED) {
      tamper(stack.warehouse());
    }
    prove(shop, destinations);
    new NextSteps(stack, connectors, options.ending()).tell(display);
    if (options.ending() == Options.Ending.SERVE) {
      awaitEnd();
    }
  }

  private List<Destination> registerConnectors(ShopDatabase shop) {
    heading("Registering the connectors at " + stack.connect().uri());
    register(SOURCE);
    // A sink learns of topics that are created later only after minutes.
    Await.until(
        "the source connector has created the topics of " + shop.tables(),
        () ->
            stack
                .kafka()
                .client()
                .topics()
                .containsAll(shop.tables().stream().map(ShopTable::topic).toList()));
    return List.of(
        new Destination(
            register(POSTGRES_SINK), new PostgresTables("PostgreSQL", stack.warehouse())),
        new Destination(register(stack.deltaStore().sink()), stack.deltaStore().warehouse()));
  }

  private String register(String file) {
    display.say("POST /connectors with config/" + file);
    String name = stack.connect().register(ProjectFiles.root().resolve("config").resolve(file));
    connectors.add(name);
    stack.connect().awaitRunning(name);
    return name;
  }

  private void write(ShopDatabase shop, LiveView view) {
    heading(
        "Writing to the shop for %d s, %d changes a second"
            .formatted(options.writing().toSeconds(), options.rate()));
    Simulator simulator =
        new Simulator(
            shop.database(),
            options.mix(),
            options.rate(),
            options.writing(),
            new SplittableRandom());
    Simulator.Tally tally =
        new WritingPhase(stack, connectors.get(0), simulator, view, display).run();
    display.say(
        "Wrote %d rows (%d inserts, %d updates, %d deletes, and the orders that went with their customers) in %d transactions."
            .formatted(
                tally.rows(),
                tally.inserts(),
                tally.updates(),
                tally.deletes(),
                tally.transactions()));
  }

  private void converge(ShopDatabase shop, List<Destination> destinations, LiveView view) {
    heading("No more writes; waiting until both warehouses have the last ones");
    Map<ShopTable, Long> last = shop.writeLastRows();
    boolean arrived =
        view.until(
            CONVERGENCE,
            () ->
                destinations.stream().allMatch(each -> hasAll(each.warehouse(), last))
                    && view.last().map(Status::caughtUp).orElse(false));
    if (!arrived) {
      throw new DemoFailure(
          "the sinks have not caught up within %d s after the last write; their state is %s, the worker's log %s"
              .formatted(
                  CONVERGENCE.toSeconds(),
                  view.last().map(Status::sinks).orElse(List.of()),
                  stack.worker().log()));
    }
  }

  private static boolean hasAll(Warehouse warehouse, Map<ShopTable, Long> rows) {
    return rows.entrySet().stream()
        .allMatch(row -> warehouse.contains(row.getKey(), row.getValue()));
  }

  private void tamper(PostgresDatabase warehouse) {
    Object id = warehouse.value("select max(id) from public.orders");
    warehouse.execute("update public.orders set total = total + 0.01 where id = " + id);
    display.say("Tampered with the PostgreSQL warehouse: orders, row with id " + id);
  }

  private void prove(ShopDatabase shop, List<Destination> destinations) {
    heading("Comparing every row and every column of source and warehouses");
    new Proof(stack, shop.database(), display).run(destinations);
  }

  private void heading(String text) {
    display.say("");
    display.say(display.style().heading(text));
  }

  private static void awaitEnd() {
    try {
      Thread.currentThread().join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

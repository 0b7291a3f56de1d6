// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.demo;

import io.lakehousecdc.quickstart.display.Display;
import io.lakehousecdc.quickstart.display.Status;
import io.lakehousecdc.quickstart.warehouse.DemoFailure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The live view of the pipeline's state, shown at regular intervals while a task runs. It ends with
 * an error as soon as a connector has failed. For one thread, except {@link #last}.
 */
final class LiveView {
  private final DemoStack stack;
  private final List<String> connectors;
  private final Monitor monitor;
  private final Display display;
  private volatile Optional<Status> last = Optional.empty();

  LiveView(DemoStack stack, List<String> connectors, Monitor monitor, Display display) {
    this.stack = stack;
    this.connectors = List.copyOf(connectors);
    this.monitor = monitor;
    this.display = display;
  }

  /** The state that was shown last. */
  Optional<Status> last() {
    return last;
  }

  /** Shows the state until the task has ended, and returns its result. */
  <T> T during(String what, Future<T> task) {
    while (true) {
      try {
        return task.get(display.interval().toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException stillRunning) {
        show();
      } catch (ExecutionException e) {
        throw new DemoFailure("%s: %s".formatted(what, e.getCause().getMessage()), e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new DemoFailure(what + ": interrupted", e);
      }
    }
  }

  /** Shows the state until the condition holds; false when the time is over before. */
  boolean until(Duration timeout, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > timeout.toNanos()) {
        return false;
      }
      LockSupport.parkNanos(display.interval().toNanos());
      show();
    }
    return true;
  }

  private void show() {
    if (stack.workerIsUp()) {
      connectors.forEach(this::checkHealth);
    }
    Status status = monitor.read();
    last = Optional.of(status);
    display.show(status);
  }

  private void checkHealth(String connector) {
    new Connectors(stack.connect())
        .failure(connector)
        .ifPresent(
            failure -> {
              throw new DemoFailure(failure);
            });
  }
}

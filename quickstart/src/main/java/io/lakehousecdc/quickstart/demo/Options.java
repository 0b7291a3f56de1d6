// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.demo;

import io.lakehousecdc.quickstart.shop.Mix;
import io.lakehousecdc.quickstart.shop.Resource;
import io.lakehousecdc.quickstart.shop.UsageException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;

/**
 * The options of the command line.
 *
 * @param rate changed rows per second
 * @param writing how long the simulator writes
 * @param store where the Delta tables lie
 * @param ending what happens after the proof
 * @param warehouse whether the warehouse is compared as the sink has left it
 */
public record Options(
    int rate, Duration writing, Mix mix, Store store, Ending ending, WarehouseState warehouse) {
  /** Where the Delta tables lie. */
  enum Store {
    LOCAL(DeltaDirectory::create),
    S3(DeltaBucket::create);

    private final Supplier<DeltaStore> creator;

    Store(Supplier<DeltaStore> creator) {
      this.creator = creator;
    }

    /** Makes a new one. */
    DeltaStore create() {
      return creator.get();
    }
  }

  /** What happens after the proof. */
  enum Ending {
    STOP,
    SERVE
  }

  /** Whether the warehouse is compared as the sink has left it. */
  enum WarehouseState {
    UNTOUCHED,
    TAMPERED
  }

  private static final int MAX_RATE = 100_000;
  private static final int MAX_SECONDS = 86_400;

  /**
   * Reads the arguments.
   *
   * @throws UsageException when they are wrong
   */
  public static Options parse(List<String> arguments) {
    int rate = 200;
    int seconds = 30;
    double insert = 0.3;
    double update = 0.6;
    double delete = 0.1;
    Store store = Store.LOCAL;
    Ending ending = Ending.STOP;
    WarehouseState warehouse = WarehouseState.UNTOUCHED;
    Deque<String> left = new ArrayDeque<>(arguments);
    while (!left.isEmpty()) {
      String option = left.pop();
      switch (option) {
        case "--rate" -> rate = wholeNumber(option, left, MAX_RATE);
        case "--seconds" -> seconds = wholeNumber(option, left, MAX_SECONDS);
        case "--insert-p" -> insert = fraction(option, left);
        case "--update-p" -> update = fraction(option, left);
        case "--delete-p" -> delete = fraction(option, left);
        case "--store" -> store = store(option, left);
        case "--serve" -> ending = Ending.SERVE;
        case "--tamper" -> warehouse = WarehouseState.TAMPERED;
        default -> throw new UsageException("unknown option " + option);
      }
    }
    return new Options(
        rate,
        Duration.ofSeconds(seconds),
        new Mix(insert, update, delete),
        store,
        ending,
        warehouse);
  }

  /** The text that {@code --help} prints. */
  public static String usage() {
    return Resource.text(Options.class, "usage.txt");
  }

  private static Store store(String option, Deque<String> left) {
    String value = value(option, left);
    return switch (value) {
      case "local" -> Store.LOCAL;
      case "s3" -> Store.S3;
      default ->
          throw new UsageException("%s needs local or s3, not \"%s\"".formatted(option, value));
    };
  }

  private static int wholeNumber(String option, Deque<String> left, int max) {
    String value = value(option, left);
    try {
      int number = Integer.parseInt(value);
      if (number >= 1 && number <= max) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // told below, as a number out of range is
    }
    throw new UsageException(
        "%s needs a whole number from 1 to %d, not \"%s\"".formatted(option, max, value));
  }

  private static double fraction(String option, Deque<String> left) {
    String value = value(option, left);
    try {
      double number = Double.parseDouble(value);
      if (number >= 0 && number <= 1) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // told below, as a number out of range is
    }
    throw new UsageException("%s needs a number from 0 to 1, not \"%s\"".formatted(option, value));
  }

  private static String value(String option, Deque<String> left) {
    if (left.isEmpty()) {
      throw new UsageException(option + " needs a value");
    }
    return left.pop();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.demo;

import io.lakehousecdc.quickstart.display.Display;
import io.lakehousecdc.quickstart.warehouse.DemoFailure;
import io.lakehousecdc.testkit.ArchiveCommands;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The proof that source and warehouses are equal: the archive's own {@code bin/reconcile}, for each
 * sink connector, as anyone can run it on a pipeline.
 */
final class Proof {
  private static final String PROVIDERS =
      """
      config.providers=env
      config.providers.env.class=org.apache.kafka.common.config.provider.EnvVarConfigProvider
      """;

  private final DemoStack stack;
  private final PostgresDatabase source;
  private final Display display;

  Proof(DemoStack stack, PostgresDatabase source, Display display) {
    this.stack = stack;
    this.source = source;
    this.display = display;
  }

  /**
   * Compares all tables.
   *
   * @throws DemoFailure a table is unequal, or cannot be compared
   */
  void run(List<Destination> destinations) {
    List<String> unequal = new ArrayList<>();
    ArchiveCommands commands = stack.commands();
    for (Destination destination : destinations) {
      display.say("bin/reconcile --connector " + destination.connector() + " …");
      int code =
          commands
              .run("reconcile", arguments(destination), line -> display.say("  " + line))
              .code();
      if (code != 0) {
        unequal.add("%s (exit code %d)".formatted(destination.warehouse().name(), code));
      }
    }
    if (!unequal.isEmpty()) {
      throw new DemoFailure("source and warehouse are not equal: " + String.join(", ", unequal));
    }
    display.say(display.style().good("Equal: all rows and columns of all tables."));
  }

  private List<String> arguments(Destination destination) {
    return List.of(
        "--connect",
        stack.connect().uri().toString(),
        "--connector",
        destination.connector(),
        "--worker-config",
        providers().toString(),
        "--topic-prefix",
        "shop",
        "--source-url",
        source.jdbcUrl(),
        "--source-user",
        source.user(),
        "--show-values");
  }

  private Path providers() {
    try {
      return Files.writeString(stack.directory().resolve("worker.properties"), PROVIDERS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

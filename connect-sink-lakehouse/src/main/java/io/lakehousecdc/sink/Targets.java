// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import io.lakehousecdc.sink.delta.DeltaTargetFactory;
import io.lakehousecdc.sink.postgres.PostgresTargetFactory;
import io.lakehousecdc.sink.spi.TargetFactory;
import java.util.List;
import java.util.Optional;

/** The list of target factories in this build. A new target is one line here. */
final class Targets {
  private static final List<TargetFactory> ALL =
      List.of(new PostgresTargetFactory(), new DeltaTargetFactory());

  private Targets() {}

  static List<TargetFactory> all() {
    return ALL;
  }

  /** The factory for a value of the setting {@code target}; empty if there is none of this name. */
  static Optional<TargetFactory> named(String name) {
    return ALL.stream().filter(factory -> factory.name().equals(name)).findFirst();
  }

  static List<String> names() {
    return ALL.stream().map(TargetFactory::name).toList();
  }
}

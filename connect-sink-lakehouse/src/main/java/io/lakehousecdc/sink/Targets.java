// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import io.lakehousecdc.sink.delta.DeltaTargetFactory;
import io.lakehousecdc.sink.postgres.PostgresTargetFactory;
import io.lakehousecdc.sink.spi.TargetFactory;
import java.util.List;
import java.util.Optional;

/** The kinds of target that this build contains. A new one is one line here. */
final class Targets {
  private static final List<TargetFactory> ALL =
      List.of(new PostgresTargetFactory(), new DeltaTargetFactory());

  private Targets() {}

  static List<TargetFactory> all() {
    return ALL;
  }

  /** The kind of the given {@code target} setting; empty where there is none of this name. */
  static Optional<TargetFactory> named(String name) {
    return ALL.stream().filter(factory -> factory.name().equals(name)).findFirst();
  }

  static List<String> names() {
    return ALL.stream().map(TargetFactory::name).toList();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.demo;

import io.lakehousecdc.quickstart.warehouse.DeltaWarehouse;
import java.util.Map;

/** Where the demo's Delta tables lie: new and empty, and deleted with {@link #close}. */
interface DeltaStore extends AutoCloseable {
  /** The sink's configuration, a file below config/. */
  String sink();

  /** What the worker needs in its environment for {@link #sink}. */
  Map<String, String> environment();

  /** The tables, read from the store. */
  DeltaWarehouse warehouse();

  /** The location of the tables and how to get there, for people; lines without indentation. */
  String directions();

  @Override
  void close();
}

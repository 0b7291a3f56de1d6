// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import io.lakehousecdc.testkit.Azurite;
import io.lakehousecdc.testkit.GcsFake;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Servers in the place of clouds' stores, and the tables that sinks have written there. */
final class Clouds implements AutoCloseable {
  static final String AZURE_ROOT =
      "abfss://lake@" + Azurite.ACCOUNT + ".dfs.core.windows.net/warehouse";
  static final String AZURE_KEY = Azurite.KEY;
  static final String GCS_ROOT = "gs://lake/warehouse";

  private final Map<String, String> settings;
  private final Stored tables;
  private final AutoCloseable server;

  private Clouds(Map<String, String> settings, Consumer<Path> copy, AutoCloseable server) {
    this.settings = settings;
    this.tables = new Copied(copy, Lab.temporaryDirectory());
    this.server = server;
  }

  /** Azurite, which has to be installed. */
  static Clouds azure() {
    Azurite server = Azurite.start();
    server.container("lake");
    return new Clouds(
        Map.of("delta.azure.endpoint", server.endpoint().toString()),
        directory -> server.copy("lake", directory),
        server);
  }

  /** The fake of Google Cloud Storage. */
  static Clouds google() {
    GcsFake server = GcsFake.start("lake");
    return new Clouds(
        Map.of("delta.gcs.endpoint", server.endpoint().toString()),
        directory -> server.copy("lake", directory),
        server);
  }

  /** What a sink needs besides its file to find the server. */
  Map<String, String> settings() {
    return settings;
  }

  Stored tables() {
    return tables;
  }

  @Override
  public void close() throws Exception {
    server.close();
  }

  /** Tables of a store, read from copies of their files. */
  private record Copied(Consumer<Path> copy, Path directory) implements Stored {
    @Override
    public List<String> rows(String table, List<String> columns, Filter filter) {
      return copied().rows(table, columns, filter);
    }

    @Override
    public long count(String table, String column) {
      return copied().count(table, column);
    }

    private Stored copied() {
      copy.accept(directory);
      return new InDelta(directory.resolve("warehouse"));
    }
  }
}

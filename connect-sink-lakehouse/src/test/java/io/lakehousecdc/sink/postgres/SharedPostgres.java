// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.postgres;

import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TargetSettings;
import io.lakehousecdc.testkit.PostgresDatabase;
import io.lakehousecdc.testkit.PostgresServer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** One server of each version for all tests of this JVM; each test has a database of its own. */
public final class SharedPostgres {
  private static final Map<String, PostgresServer> SERVERS = new ConcurrentHashMap<>();
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private SharedPostgres() {}

  /** The newest version. */
  public static PostgresServer server() {
    return server("18");
  }

  static PostgresServer server(String version) {
    return SERVERS.computeIfAbsent(
        version, each -> PostgresServer.version(each).name("target" + each).start());
  }

  /** A new database on the server of that version. */
  public static PostgresDatabase emptyDatabase(String version) {
    return server(version).createDatabase("test" + DATABASES.incrementAndGet());
  }

  /** Settings of a database, defaults filled in. */
  static TargetSettings settings(PostgresDatabase database, TableOptions options) {
    return settings(
        Map.of(
            "postgres.url", database.jdbcUrl(),
            "postgres.user", database.user(),
            "postgres.password", database.password()),
        options);
  }

  public static TargetSettings settings(Map<String, String> given, TableOptions options) {
    Map<String, String> values = new HashMap<>();
    new PostgresTargetFactory()
        .settings()
        .forEach(
            setting -> {
              if (setting.defaultValue() != null) {
                values.put(setting.key(), setting.defaultValue());
              }
            });
    values.putAll(given);
    return new TargetSettings(values, options);
  }
}

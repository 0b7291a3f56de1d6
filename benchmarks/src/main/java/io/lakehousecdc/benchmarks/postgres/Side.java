package io.lakehousecdc.benchmarks.postgres;

import io.lakehousecdc.benchmarks.load.Servers;
import io.lakehousecdc.benchmarks.load.Wire;
import io.lakehousecdc.testkit.PostgresDatabase;
import java.util.Locale;
import java.util.Map;

/** The sinks that are compared: one task each, the same topic and the same converter settings. */
enum Side {
  /** Does nothing: the ceiling that worker and converter set. */
  NOOP {
    @Override
    Map<String, String> configuration(Wire wire, PostgresDatabase target) {
      Map<String, String> configuration = wire.converters();
      configuration.put("connector.class", "io.lakehousecdc.benchmarks.noop.NoOpSinkConnector");
      configuration.put("topics", wire.topic());
      return configuration;
    }
  },
  /** This project's sink, configured by its shipped file. */
  LAKEHOUSE {
    @Override
    Map<String, String> configuration(Wire wire, PostgresDatabase target) {
      Map<String, String> configuration = wire.postgresSink();
      configuration.put("topics.regex", wire.topic().replace(".", "\\."));
      configuration.put("postgres.url", target.jdbcUrl());
      return configuration;
    }
  },
  /** The Debezium JDBC sink with the settings that proved fastest for it. */
  DEBEZIUM_JDBC {
    @Override
    Map<String, String> configuration(Wire wire, PostgresDatabase target) {
      Map<String, String> configuration = wire.converters();
      configuration.put("topics", wire.topic());
      configuration.put("connection.url", target.jdbcUrl());
      configuration.put("connection.username", target.user());
      configuration.put("connection.password", target.password());
      configuration.putAll(DEBEZIUM_JDBC_SETTINGS);
      return configuration;
    }
  };

  static final Map<String, String> DEBEZIUM_JDBC_SETTINGS =
      Map.of(
          "connector.class", "io.debezium.connector.jdbc.JdbcSinkConnector",
          "insert.mode", "upsert",
          "delete.enabled", "true",
          "primary.key.mode", "record_key",
          "schema.evolution", "basic",
          "collection.name.format", "${source.schema}.${source.table}",
          "use.reduction.buffer", "true",
          "batch.size", "" + Servers.POLL_RECORDS);

  /** The connector's configuration to write this topic into this database. */
  abstract Map<String, String> configuration(Wire wire, PostgresDatabase target);

  /** As on the command line and in results. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  boolean writes() {
    return this != NOOP;
  }
}

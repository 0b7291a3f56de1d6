// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.stack;

import io.lakehousecdc.benchmarks.harness.ProjectFile;
import io.lakehousecdc.benchmarks.load.Servers;
import io.lakehousecdc.benchmarks.load.Shape;
import io.lakehousecdc.benchmarks.load.Wire;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The sinks to compare: one task each, the same topic and the same converter settings. */
public enum Side {
  /** A sink that does nothing: the upper bound that worker and converter set. */
  NOOP {
    @Override
    Map<String, String> configuration(Wire wire, Destination target) {
      Map<String, String> configuration = wire.converters();
      configuration.put("connector.class", "io.lakehousecdc.benchmarks.noop.NoOpSinkConnector");
      configuration.put("topics", wire.topic());
      return configuration;
    }
  },
  /** This project's sink, configured by its shipped file. */
  LAKEHOUSE {
    @Override
    Path file() {
      return ProjectFile.at("config/sink/postgres-upsert.json");
    }

    @Override
    Map<String, String> configuration(Wire wire, Destination target) {
      Map<String, String> configuration = wire.postgresSink();
      configuration.put("topics.regex", wire.topic().replace(".", "\\."));
      configuration.put("postgres.url", target.database().jdbcUrl());
      return configuration;
    }
  },
  /** The same with whole transactions; the topic of transactions has to be there. */
  LAKEHOUSE_ATOMIC {
    @Override
    Path file() {
      return LAKEHOUSE.file();
    }

    @Override
    Map<String, String> configuration(Wire wire, Destination target) {
      Map<String, String> configuration = LAKEHOUSE.configuration(wire, target);
      configuration.remove("topics.regex");
      configuration.put("topics", wire.topic() + "," + wire.format() + ".transaction");
      configuration.put("transactions", "atomic");
      return configuration;
    }
  },
  /** The same with every version of a row. */
  LAKEHOUSE_HISTORY {
    @Override
    Path file() {
      return LAKEHOUSE.file();
    }

    @Override
    Map<String, String> configuration(Wire wire, Destination target) {
      Map<String, String> configuration = LAKEHOUSE.configuration(wire, target);
      configuration.put("write.mode", "history");
      return configuration;
    }

    @Override
    Probe probe(Destination target, Shape shape, List<String> tables) throws SQLException {
      return new CurrentRows(LAKEHOUSE.probe(target, shape, tables), target.database(), shape);
    }
  },
  /** This project's sink into Delta Lake, configured by its shipped file. */
  LAKEHOUSE_DELTA {
    @Override
    Path file() {
      return ProjectFile.at("config/sink/delta-upsert.json");
    }

    @Override
    Map<String, String> configuration(Wire wire, Destination target) {
      Map<String, String> configuration = wire.deltaSink();
      configuration.put("topics.regex", wire.topic().replace(".", "\\."));
      configuration.put("delta.root", target.deltaRoot().toString());
      return configuration;
    }

    @Override
    Probe probe(Destination target, Shape shape, List<String> tables) {
      return new DeltaProbe(target, shape, tables, List.of());
    }
  },
  /** The same with every version of a row. */
  LAKEHOUSE_DELTA_HISTORY {
    @Override
    Path file() {
      return LAKEHOUSE_DELTA.file();
    }

    @Override
    Map<String, String> configuration(Wire wire, Destination target) {
      Map<String, String> configuration = LAKEHOUSE_DELTA.configuration(wire, target);
      configuration.put("write.mode", "history");
      return configuration;
    }

    @Override
    Probe probe(Destination target, Shape shape, List<String> tables) {
      return new DeltaProbe(target, shape, tables, List.of("is_current"));
    }
  },
  /** The Debezium JDBC sink with the settings that proved fastest for it. */
  DEBEZIUM_JDBC {
    @Override
    Map<String, String> configuration(Wire wire, Destination target) {
      Map<String, String> configuration = wire.converters();
      configuration.put("topics", wire.topic());
      configuration.put("connection.url", target.database().jdbcUrl());
      configuration.put("connection.username", target.database().user());
      configuration.put("connection.password", target.database().password());
      configuration.putAll(DEBEZIUM_JDBC_SETTINGS);
      return configuration;
    }
  };

  public static final Map<String, String> DEBEZIUM_JDBC_SETTINGS =
      Map.of(
          "connector.class", "io.debezium.connector.jdbc.JdbcSinkConnector",
          "insert.mode", "upsert",
          "delete.enabled", "true",
          "primary.key.mode", "record_key",
          "schema.evolution", "basic",
          "collection.name.format", "${source.schema}.${source.table}",
          "use.reduction.buffer", "true",
          "batch.size", "" + Servers.POLL_RECORDS);

  /** The connector's configuration to write this topic there. */
  abstract Map<String, String> configuration(Wire wire, Destination target);

  /**
   * The shipped file that configures it.
   *
   * @throws UnsupportedOperationException the sink is not part of this project
   */
  Path file() {
    throw new UnsupportedOperationException(this + " is configured by no file of this project");
  }

  /** A probe of the target that it writes the table {@code orders} to. */
  Probe probe(Destination target, Shape shape) throws SQLException {
    return probe(target, shape, List.of("orders"));
  }

  /**
   * A probe of the target that it writes to.
   *
   * @param tables names of the tables that hold the rows of {@code orders} together
   */
  Probe probe(Destination target, Shape shape, List<String> tables) throws SQLException {
    return PostgresProbe.of(target.database(), shape, tables);
  }

  /** As on the command line and in results. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  boolean writes() {
    return this != NOOP;
  }
}

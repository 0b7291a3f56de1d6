// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A real PostgreSQL server on a free loopback port, with logical decoding on, that ends with this
 * JVM. Passwords are checked (scram-sha-256). Port and data stay the same over {@link #kill9} and
 * {@link #restart}. Start and fault methods are for one thread at a time.
 */
public final class PostgresServer implements AutoCloseable {
  /** The versions that the build fetches, oldest first. */
  public static final List<String> VERSIONS = List.of("13", "14", "15", "16", "17", "18");

  private static final String HOST = "127.0.0.1";
  private static final String USER = "postgres";
  private static final String PASSWORD = "secret";
  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

  /**
   * Runs the server, and shuts it down at once (SIGQUIT) when standard input ends. A shell gives
   * background commands an empty input, hence descriptor 3.
   */
  private static final String RUN_UNTIL_INPUT_ENDS =
      """
      exec 3<&0
      "$@" 3<&- &
      server=$!
      (read -r _ <&3; kill -QUIT $server) &
      watch=$!
      wait $server
      kill $watch
      """;

  private final RootDropping rootDropping = RootDropping.here();
  private final Path home;
  private final Path directory;
  private final Path log;
  private final Map<String, String> settings;
  private final int port = Ports.free();
  private ChildProcess process;

  private PostgresServer(Builder builder) {
    home = PostgresBinaries.of(builder.version);
    directory = Directories.temporary(builder.name);
    log = Directories.logs(builder.name).resolve("postgres.log");
    settings = new LinkedHashMap<>(builder.settings);
  }

  private PostgresServer(PostgresServer primary) {
    home = primary.home;
    directory = Directories.temporary("standby");
    log = Directories.logs("standby").resolve("postgres.log");
    settings = new LinkedHashMap<>(primary.settings);
    settings.put(
        "primary_conninfo",
        "host=%s port=%d user=%s password=%s".formatted(HOST, primary.port, USER, PASSWORD));
  }

  /** Starts the newest version with the default settings. */
  public static PostgresServer start() {
    return builder().start();
  }

  /** For the newest version. */
  public static Builder builder() {
    return version(VERSIONS.get(VERSIONS.size() - 1));
  }

  /** For a major version, one of {@link #VERSIONS}. */
  public static Builder version(String majorVersion) {
    return new Builder(majorVersion);
  }

  /** The database "postgres", which always exists. */
  public PostgresDatabase database() {
    return database("postgres");
  }

  /** An existing database. */
  public PostgresDatabase database(String name) {
    return new PostgresDatabase(HOST, port, name, USER, PASSWORD);
  }

  /** Creates a database; the name is taken as it is. */
  public PostgresDatabase createDatabase(String name) {
    database().execute("create database \"%s\"".formatted(name));
    return database(name);
  }

  public String host() {
    return HOST;
  }

  public int port() {
    return port;
  }

  /** The administrator's name. */
  public String user() {
    return USER;
  }

  public String password() {
    return PASSWORD;
  }

  /** The URL of {@link #database()}. */
  public String jdbcUrl() {
    return database().jdbcUrl();
  }

  /** A new connection to {@link #database()}; the caller closes it. */
  public Connection connect() throws SQLException {
    return database().connect();
  }

  /** Runs statements in {@link #database()}. */
  public void execute(String... statements) {
    database().execute(statements);
  }

  /** Terminates all sessions of a database. */
  public void terminateSessions(String databaseName) {
    database(databaseName).terminateSessions();
  }

  /** The log file; it stays after {@link #close}. */
  public Path log() {
    return log;
  }

  /** The process and all its backends. */
  public List<ProcessHandle> processes() {
    return process.handles();
  }

  /**
   * Starts a standby of this server, which streams from it and answers queries. It needs PostgreSQL
   * 15 or newer.
   */
  public PostgresServer standby() {
    PostgresServer standby = new PostgresServer(this);
    Path data = standby.directory.resolve("data");
    BaseBackup.take(database(), directory.resolve("data"), data);
    try {
      Files.createFile(data.resolve("standby.signal"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    rootDropping.own(standby.directory, standby.log);
    standby.launch();
    return standby;
  }

  /** Makes a standby a primary; it accepts writes when this returns. */
  public void promote() {
    execute("select pg_promote()");
  }

  /** Stops the server at once, as {@code pg_ctl stop -m immediate} does; for {@link #restart}. */
  public void stop() {
    process.stop(STOP_PATIENCE);
  }

  /** Kills the server and all its backends as a power failure does. */
  public void kill9() {
    process.kill();
  }

  /** Stops the server at once if it runs, and starts it again on the same port and data. */
  public void restart() {
    if (process.alive()) {
      process.stop(STOP_PATIENCE);
    }
    launch();
  }

  /** Stops the server and deletes its data. */
  @Override
  public void close() {
    process.stop(STOP_PATIENCE);
    Directories.delete(directory);
  }

  private void initialise() {
    Path passwordFile = directory.resolve("password");
    try {
      Files.writeString(passwordFile, PASSWORD + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    rootDropping.own(directory, log);
    ChildProcess.run(
        "initdb",
        rootDropping.command(
            List.of(
                home.resolve("bin/initdb").toString(),
                "--pgdata=" + directory.resolve("data"),
                "--username=" + USER,
                "--auth=scram-sha-256",
                "--pwfile=" + passwordFile,
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync")),
        Map.of(),
        log);
  }

  private void launch() {
    List<String> server = new ArrayList<>();
    server.add(home.resolve("bin/postgres").toString());
    server.addAll(List.of("-D", directory.resolve("data").toString(), "-p", "" + port));
    settings.forEach((name, value) -> server.addAll(List.of("-c", name + "=" + value)));
    List<String> command = new ArrayList<>(List.of("sh", "-c", RUN_UNTIL_INPUT_ENDS, "postgres"));
    command.addAll(rootDropping.command(server));
    process = ChildProcess.start("PostgreSQL", command, Map.of(), log);
    Await.until(
        "PostgreSQL accepts connections on port " + port,
        START_TIMEOUT,
        process::logTail,
        this::accepts);
  }

  private boolean accepts() throws SQLException {
    if (!process.alive()) {
      throw new Await.Fatal("the server has ended. " + process.logTail());
    }
    try (Connection connection = connect()) {
      return connection.isValid(1);
    }
  }

  /** The settings of a server to start. Not thread-safe. */
  public static final class Builder {
    private final String version;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private String name = "postgres";

    private Builder(String version) {
      this.version = version;
      settings.put("listen_addresses", HOST);
      settings.put("unix_socket_directories", "");
      settings.put("wal_level", "logical");
      settings.put("max_wal_senders", "20");
      settings.put("max_replication_slots", "20");
      settings.put("max_connections", "200");
      settings.put("fsync", "off");
      settings.put("full_page_writes", "off");
      settings.put("log_line_prefix", "%m [%p] %d ");
    }

    /** A name for its directories, such as "source". */
    public Builder name(String name) {
      this.name = name;
      return this;
    }

    /** Any server setting, as in postgresql.conf. */
    public Builder setting(String setting, String value) {
      settings.put(setting, value);
      return this;
    }

    /** Writes through to the disk, as a production server does; slower. */
    public Builder durable() {
      return setting("fsync", "on").setting("full_page_writes", "on");
    }

    /** Starts the server; it accepts connections when this returns. */
    public PostgresServer start() {
      PostgresServer server = new PostgresServer(this);
      server.initialise();
      server.launch();
      return server;
    }
  }
}

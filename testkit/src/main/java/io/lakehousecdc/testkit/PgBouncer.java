// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The connection pooler PgBouncer before a {@link PostgresServer}, on a free loopback port, with
 * all the server's databases. It ends with {@link #close}. For one thread at a time.
 */
public final class PgBouncer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String NAME = "PgBouncer";

  private final PostgresServer server;
  private final int port = Ports.free();
  private final Path directory = Directories.temporary("pgbouncer");
  private final ChildProcess process;

  private PgBouncer(Path program, PostgresServer server, String poolMode) {
    this.server = server;
    RootDropping rootDropping = RootDropping.here();
    Path log = Directories.logs("pgbouncer").resolve("pgbouncer.log");
    Path users = directory.resolve("users");
    Path configuration = directory.resolve("pgbouncer.ini");
    try {
      Files.writeString(users, "\"%s\" \"%s\"\n".formatted(server.user(), server.password()));
      Files.writeString(configuration, configuration(users, poolMode));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    rootDropping.own(directory, log);
    process =
        ChildProcess.start(
            NAME,
            rootDropping.command(List.of(program.toString(), configuration.toString())),
            Map.of(),
            log);
    Await.until(
        "PgBouncer accepts connections on port " + port,
        PATIENCE,
        process::logTail,
        () -> database("postgres").number("select 1") == 1);
  }

  private String configuration(Path users, String poolMode) {
    return """
    [databases]
    * = host=%s port=%d
    [pgbouncer]
    listen_addr = %s
    listen_port = %d
    unix_socket_dir =
    auth_type = scram-sha-256
    auth_file = %s
    pool_mode = %s
    ignore_startup_parameters = extra_float_digits
    """
        .formatted(server.host(), server.port(), server.host(), port, users, poolMode);
  }

  /** The installed program; empty where there is none. */
  public static Optional<Path> program() {
    return Stream.concat(Stream.of(System.getenv("PATH").split(":")), Stream.of("/usr/sbin"))
        .map(each -> Path.of(each, "pgbouncer"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Starts it.
   *
   * @param poolMode "session", "transaction" or "statement"
   * @throws IllegalStateException it is not installed, see {@link #program}
   */
  public static PgBouncer start(PostgresServer server, String poolMode) {
    Path program =
        program().orElseThrow(() -> new IllegalStateException(NAME + " is not installed"));
    return new PgBouncer(program, server, poolMode);
  }

  /** A database of the server, by way of the pool. */
  public PostgresDatabase database(String name) {
    return new PostgresDatabase(server.host(), port, name, server.user(), server.password());
  }

  /** Ends it, and deletes its files. */
  @Override
  public void close() {
    process.terminate(PATIENCE);
    Directories.delete(directory);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * An S3-compatible store (S3Proxy) on a free loopback port, in a child JVM that ends with this one.
 * It keeps files below a temporary directory, or in memory. Buckets are directories: {@link
 * #bucket} makes one. Requests have to be signed by {@link #ACCESS_KEY} and {@link #SECRET_KEY}, of
 * any region, and name the bucket in the path.
 *
 * <p>A conditional write ({@code If-None-Match: *}) has one winner, also among writers at the same
 * moment, which not every such server can say. Starting, killing and closing are for one thread at
 * a time.
 */
public final class S3ProxyServer implements AutoCloseable {
  /** The id of the access key that the server knows. */
  public static final String ACCESS_KEY = "testkit-access";

  /** Its secret part. */
  public static final String SECRET_KEY = "testkit-secret";

  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

  private final Path directory = Directories.temporary("s3proxy");
  private final Path log = Directories.logs("s3proxy").resolve("s3proxy.log");
  private final Path buckets = directory.resolve("buckets");
  private final Path configuration = directory.resolve("s3proxy.properties");
  private final int port = Ports.free();
  private final List<String> jvmArguments;
  private ChildProcess process;

  private S3ProxyServer(String provider, String... jvmArguments) {
    this.jvmArguments = List.of(jvmArguments);
    Properties properties = new Properties();
    properties.putAll(
        Map.of(
            "s3proxy.endpoint",
            "http://127.0.0.1:" + port,
            "s3proxy.authorization",
            "aws-v2-or-v4",
            "s3proxy.identity",
            ACCESS_KEY,
            "s3proxy.credential",
            SECRET_KEY,
            "jclouds.provider",
            provider,
            "jclouds.filesystem.basedir",
            buckets.toString(),
            "jclouds.identity",
            "unused",
            "jclouds.credential",
            "unused"));
    try {
      Files.createDirectories(buckets);
      try (Writer out = Files.newBufferedWriter(configuration)) {
        properties.store(out, null);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + configuration, e);
    }
    launch();
  }

  /** Starts one that keeps its files on disk. */
  public static S3ProxyServer onDisk() {
    return new S3ProxyServer("filesystem-nio2");
  }

  /**
   * Starts one {@link #onDisk} whose code is compiled at its best, which takes longer to get going:
   * for measurements of clients on the same cores.
   */
  public static S3ProxyServer onDiskForLong() {
    return new S3ProxyServer("filesystem-nio2", "-XX:TieredStopAtLevel=4");
  }

  /** Starts one that keeps its files in its memory, with no bucket; made by requests only. */
  public static S3ProxyServer inMemory() {
    return new S3ProxyServer("transient-nio2");
  }

  /** Where it answers, without a path. */
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /**
   * Makes a bucket of a server that is {@link #onDisk}, which is a directory.
   *
   * @return the directory, in which a key is the path of a file
   */
  public Path bucket(String name) {
    try {
      return Files.createDirectories(buckets.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make the bucket " + name, e);
    }
  }

  /** The log file; it stays after {@link #close}. */
  public Path log() {
    return log;
  }

  /** Kills the server; what it keeps on disk stays. */
  public void kill9() {
    process.kill();
  }

  /** Kills the server if it runs, and starts it again on the same port and files. */
  public void restart() {
    process.kill();
    launch();
  }

  /** Ends the server at once and deletes its data. */
  @Override
  public void close() {
    process.kill();
    Directories.delete(directory);
  }

  private void launch() {
    process = ChildProcess.start("S3Proxy", command(), Map.of(), log);
    Await.until(
        "S3Proxy answers on port " + port,
        START_TIMEOUT,
        process::logTail,
        () -> {
          if (!process.alive()) {
            throw new Await.Fatal("S3Proxy has ended. " + process.logTail());
          }
          return answers();
        });
  }

  private List<String> command() {
    String launcher = ExitWithParent.class.getName();
    String launcherFile = launcher.replace('.', '/') + ".class";
    ChildJvm.copyResource("/" + launcherFile, directory.resolve("launcher").resolve(launcherFile));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ChildJvm.QUICK_START);
    command.addAll(jvmArguments);
    command.add("-Xmx512m");
    command.add("-cp");
    command.add(
        directory.resolve("launcher")
            + File.pathSeparator
            + ProjectFiles.built("testkit/target/s3proxy/s3proxy.jar"));
    command.addAll(
        List.of(launcher, "org.gaul.s3proxy.Main", "--properties", configuration.toString()));
    return command;
  }

  private boolean answers() throws IOException {
    HttpURLConnection connection = (HttpURLConnection) endpoint().toURL().openConnection();
    try {
      return connection.getResponseCode() > 0;
    } finally {
      connection.disconnect();
    }
  }
}

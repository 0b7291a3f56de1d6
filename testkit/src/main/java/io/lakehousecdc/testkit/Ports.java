// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Allocator of free loopback ports that a server can bind again after a restart. A port belongs to
 * the JVM that asked for it until that ends: modules that are tested side by side never get the
 * same one, also while its server is not up yet or down. Thread-safe.
 */
final class Ports {
  // Below the ranges from which Linux (32768) and macOS (49152) give ports to outgoing connections:
  // while a server is down, no client socket can take its port.
  private static final int LOWEST = 15_000;
  private static final int HIGHEST = 32_000;

  /** The JVM that has port n holds a lock on byte n of this file. */
  private static final FileChannel RESERVATIONS = reservations();

  /** Kept: a channel forgets locks that nobody refers to. */
  private static final Queue<FileLock> HELD = new ConcurrentLinkedQueue<>();

  private Ports() {}

  static int free() {
    for (int attempt = 0; attempt < 100; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
      if (reserve(port) && isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException(
        "no free loopback port between %d and %d found".formatted(LOWEST, HIGHEST));
  }

  /** Whether the port is this JVM's from now on; false where it is already, or another's. */
  static boolean reserve(int port) {
    try {
      FileLock lock = RESERVATIONS.tryLock(port, 1, false);
      return lock != null && HELD.add(lock);
    } catch (OverlappingFileLockException heldByThisJvm) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot reserve port " + port, e);
    }
  }

  private static FileChannel reservations() {
    Path file = Directories.ofUser().resolve("ports.lock");
    try {
      return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open " + file, e);
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }
}

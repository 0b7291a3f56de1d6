// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.benchmarks.delta;

import io.lakehousecdc.testkit.FaultProxy;
import io.lakehousecdc.testkit.FaultProxy.Fault;
import io.lakehousecdc.testkit.S3ProxyServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * An S3-compatible store in a process of its own, behind a proxy that holds each request back for
 * as long as a store in the same region takes to answer. Tells how many requests there were, and
 * how many of them one after the other.
 */
final class RemoteStore implements AutoCloseable {
  private final S3ProxyServer server = S3ProxyServer.onDiskForLong();
  private final FaultProxy proxy = FaultProxy.before(server.endpoint());
  private final Path bucket = server.bucket("benchmark");
  private final long delayNanos;
  private final List<Long> begun = new ArrayList<>();

  /**
   * @param delay of each request
   */
  RemoteStore(Duration delay) {
    delayNanos = delay.toNanos();
    proxy.delay(delay);
    proxy.faults(
        request -> {
          synchronized (begun) {
            begun.add(System.nanoTime());
          }
          return Fault.NONE;
        });
  }

  /** A new place in it. */
  Place place() throws IOException {
    String name = UUID.randomUUID().toString();
    return new Place(
        "s3://benchmark/" + name,
        Files.createDirectory(bucket.resolve(name)),
        Map.of(
            "delta.s3.endpoint",
            proxy.endpoint().toString(),
            "delta.s3.region",
            "us-east-1",
            "delta.s3.path.style.access",
            "true",
            "delta.s3.access.key.id",
            S3ProxyServer.ACCESS_KEY,
            "delta.s3.secret.access.key",
            S3ProxyServer.SECRET_KEY));
  }

  /** How Spark's S3A file system finds it. */
  Map<String, String> hadoop() {
    return Map.of(
        "fs.s3a.endpoint", proxy.endpoint().toString(),
        "fs.s3a.endpoint.region", "us-east-1",
        "fs.s3a.path.style.access", "true",
        "fs.s3a.access.key", S3ProxyServer.ACCESS_KEY,
        "fs.s3a.secret.key", S3ProxyServer.SECRET_KEY,
        // Files that were not written by way of the server have no ETag.
        "fs.s3a.change.detection.mode", "none",
        "fs.s3a.change.detection.version.required", "false");
  }

  /**
   * Requests of a span of time.
   *
   * @param count all of them
   * @param inSequence the most of them of which none began before the one before it was answered:
   *     those of maintenance at the same time included
   */
  record Requests(int count, int inSequence) {}

  /** Those since this was asked last. */
  Requests requests() {
    synchronized (begun) {
      int inSequence = 0;
      long answered = Long.MIN_VALUE;
      begun.sort(null);
      for (long at : begun) {
        if (inSequence == 0 || at - answered >= 0) {
          inSequence++;
          answered = at + delayNanos;
        }
      }
      Requests requests = new Requests(begun.size(), inSequence);
      begun.clear();
      return requests;
    }
  }

  @Override
  public void close() {
    proxy.close();
    server.close();
  }
}

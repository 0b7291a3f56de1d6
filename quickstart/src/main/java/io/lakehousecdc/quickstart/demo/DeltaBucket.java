// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.demo;

import io.lakehousecdc.quickstart.warehouse.DeltaReader;
import io.lakehousecdc.quickstart.warehouse.DeltaWarehouse;
import io.lakehousecdc.testkit.S3ProxyServer;
import java.util.Map;

/**
 * Delta tables in a bucket of an S3-compatible store on loopback (S3Proxy). Sink and reader come to
 * it as to any other: by signed requests.
 */
record DeltaBucket(S3ProxyServer server, String bucket) implements DeltaStore {
  private static final String REGION = "us-east-1";

  static DeltaBucket create() {
    S3ProxyServer server = S3ProxyServer.onDisk();
    // Hadoop keeps a client for each name of a bucket as long as the process lives.
    String bucket = "lake-" + server.endpoint().getPort();
    server.bucket(bucket);
    return new DeltaBucket(server, bucket);
  }

  @Override
  public String sink() {
    return "sink/delta-s3.json";
  }

  @Override
  public Map<String, String> environment() {
    return Map.of(
        "S3_ROOT",
        root(),
        "S3_REGION",
        REGION,
        "S3_ENDPOINT",
        server.endpoint().toString(),
        "S3_ACCESS_KEY_ID",
        S3ProxyServer.ACCESS_KEY,
        "S3_SECRET_ACCESS_KEY",
        S3ProxyServer.SECRET_KEY);
  }

  @Override
  public DeltaWarehouse warehouse() {
    return new DeltaWarehouse(
        "Delta Lake in S3",
        new DeltaReader(
            Map.of(
                "fs.s3a.endpoint",
                server.endpoint().toString(),
                "fs.s3a.endpoint.region",
                REGION,
                "fs.s3a.path.style.access",
                "true",
                "fs.s3a.access.key",
                S3ProxyServer.ACCESS_KEY,
                "fs.s3a.secret.key",
                S3ProxyServer.SECRET_KEY)),
        root().replaceFirst("^s3:", "s3a:"));
  }

  @Override
  public String directions() {
    return """
        %s/public/orders
        at %s (bucket in the path), region %s
        access key %s, secret %s"""
        .formatted(
            root(), server.endpoint(), REGION, S3ProxyServer.ACCESS_KEY, S3ProxyServer.SECRET_KEY);
  }

  @Override
  public void close() {
    server.close();
  }

  private String root() {
    return "s3://" + bucket + "/warehouse";
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.e2e;

import io.lakehousecdc.testkit.FaultProxy;
import io.lakehousecdc.testkit.S3ProxyServer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A warehouse of Delta tables in a bucket of an S3-compatible store, which sinks come to by way of
 * a proxy. Its tables are read from the files that the store keeps.
 *
 * @param server the store, which may be killed and started again
 * @param proxy before it; harms nothing until told to
 * @param files the bucket's tables, seen from behind the store
 */
record S3Warehouse(S3ProxyServer server, FaultProxy proxy, DeltaWarehouse files)
    implements Warehouse, AutoCloseable {
  private static final String BUCKET = "lake";
  private static final String ROOT = "warehouse";

  static S3Warehouse create() {
    S3ProxyServer server = S3ProxyServer.onDisk();
    return new S3Warehouse(
        server,
        FaultProxy.before(server.endpoint()),
        new DeltaWarehouse(server.bucket(BUCKET).resolve(ROOT)));
  }

  @Override
  public String kind() {
    return files.kind();
  }

  @Override
  public Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>(files.settings());
    settings.put("delta.root", "s3://%s/%s".formatted(BUCKET, ROOT));
    settings.put("delta.s3.region", "us-east-1");
    settings.put("delta.s3.endpoint", proxy.endpoint().toString());
    settings.put("delta.s3.path.style.access", "true");
    settings.put("delta.s3.access.key.id", S3ProxyServer.ACCESS_KEY);
    settings.put("delta.s3.secret.access.key", S3ProxyServer.SECRET_KEY);
    return settings;
  }

  @Override
  public boolean has(String table) {
    return files.has(table);
  }

  @Override
  public List<List<String>> rows(String table, List<String> columns) {
    return files.rows(table, columns);
  }

  @Override
  public void close() {
    proxy.close();
    server.close();
  }
}

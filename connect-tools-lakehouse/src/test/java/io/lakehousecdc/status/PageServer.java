// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.status;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** Serves the page, and files beside it, as a worker serves the page. */
final class PageServer implements AutoCloseable {
  static final Documentation DOCUMENTATION =
      new Documentation(Optional.of("https://example.org/docs"));

  private final HttpServer server;

  PageServer(Supplier<StatusReport> reports) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    StatusPages pages = new StatusPages(new LiveReport(reports, Duration.ZERO), DOCUMENTATION);
    serve("/lakehouse", StatusPages.HTML, StatusPages.headers(), () -> pages.html().body());
    serve(
        "/lakehouse/status.json",
        StatusPages.JSON,
        StatusPages.headers(),
        () -> pages.json().body());
    server.start();
  }

  /** Serves a text at a path. */
  void serve(String path, String type, Map<String, String> headers, Supplier<String> body) {
    server.createContext(
        path,
        exchange -> {
          byte[] bytes = body.get().getBytes(StandardCharsets.UTF_8);
          headers.forEach(exchange.getResponseHeaders()::set);
          exchange.getResponseHeaders().set("Content-Type", type);
          exchange.sendResponseHeaders(200, bytes.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
          }
        });
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}

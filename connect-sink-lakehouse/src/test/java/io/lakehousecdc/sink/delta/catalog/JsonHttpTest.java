// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers that begin and do not end. */
@Timeout(60)
class JsonHttpTest {
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch end = new CountDownLatch(1);
  private final JsonHttp http = new JsonHttp("The service", "a.setting");
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::stall);
    server.start();
  }

  private void stall(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(200, 100);
      exchange.getResponseBody().write('{');
      exchange.getResponseBody().flush();
      begun.countDown();
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterEach
  void stop() {
    end.countDown();
    server.stop(0);
  }

  @Test
  void bodyThatStallsIsGivenUp() {
    CatalogException failure =
        assertThrows(CatalogException.class, () -> http.send(request(Duration.ofMillis(300))));

    assertEquals(CatalogException.Kind.UNAVAILABLE, failure.kind());
    assertTrue(failure.getMessage().contains("no whole answer"), failure.getMessage());
  }

  @Test
  void interruptEndsTheWaitForABody() {
    Thread asking = Thread.currentThread();
    Thread interrupting =
        new Thread(
            () -> {
              try {
                begun.await();
                asking.interrupt();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    interrupting.start();

    CatalogException failure =
        assertThrows(CatalogException.class, () -> http.send(request(Duration.ofMinutes(10))));

    assertTrue(Thread.interrupted());
    assertTrue(failure.getMessage().contains("was not waited for"), failure.getMessage());
  }

  private HttpRequest request(Duration timeout) {
    URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    return HttpRequest.newBuilder(address).timeout(timeout).build();
  }
}

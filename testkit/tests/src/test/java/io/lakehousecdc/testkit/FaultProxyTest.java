// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lakehousecdc.testkit.FaultProxy.Fault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The proxy before a server that keeps what is put to it in a map. */
class FaultProxyTest {
  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<String, String> stored = new ConcurrentHashMap<>();
  private HttpServer store;
  private FaultProxy proxy;

  @BeforeEach
  void start() throws IOException {
    store = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    store.createContext("/", this::serve);
    store.start();
    proxy = FaultProxy.before(URI.create("http://127.0.0.1:" + store.getAddress().getPort()));
  }

  @AfterEach
  void stop() {
    proxy.close();
    store.stop(0);
  }

  @Test
  void requestsGoThrough() throws Exception {
    assertEquals(200, send("PUT", "/a?b=%20", "content").statusCode());
    assertEquals(Map.of("/a?b=%20", "content"), stored);
    assertEquals("content", send("GET", "/a?b=%20", "").body());
    assertEquals(404, send("GET", "/b", "").statusCode());
    HttpResponse<String> head = send("HEAD", "/a?b=%20", "");
    assertEquals(7, head.headers().firstValueAsLong("content-length").orElseThrow());
    assertEquals(204, send("DELETE", "/a?b=%20", "").statusCode());
    assertEquals(Map.of("PUT", 1L, "GET", 2L, "HEAD", 1L, "DELETE", 1L), proxy.requests());
    assertEquals(0, proxy.harmed());
  }

  @Test
  void largeBodiesGoThroughInBothWays() throws Exception {
    String large = "0123456789".repeat(300_000);
    send("PUT", "/large", large);
    assertEquals(large, send("GET", "/large", "").body());
  }

  @Test
  void storeSeesWhatIsHarmedAfterIt() throws Exception {
    for (Fault fault : Fault.HARMFUL) {
      String path = "/" + fault;
      proxy.once(request -> request.target().equals(path), fault);
      boolean seen =
          switch (fault) {
            case CUT_AFTER, TRUNCATE -> {
              assertThrows(IOException.class, () -> send("POST", path, "content"));
              yield true;
            }
            case CUT_BEFORE -> {
              assertThrows(IOException.class, () -> send("POST", path, "content"));
              yield false;
            }
            case FAIL_AFTER -> {
              assertEquals(500, send("POST", path, "content").statusCode());
              yield true;
            }
            default -> {
              HttpResponse<String> answer = send("POST", path, "content");
              assertEquals(
                  Map.of(Fault.FAIL_BEFORE, 500, Fault.SLOW_DOWN, 503, Fault.CONFLICT, 409)
                      .get(fault),
                  answer.statusCode());
              assertTrue(answer.body().contains("<Code>"));
              yield false;
            }
          };
      assertEquals(seen ? "content" : null, stored.get(path), fault.name());
      assertEquals(200, send("POST", path, "content").statusCode());
    }
    assertEquals(Fault.HARMFUL.size(), proxy.harmed());
    assertNull(stored.get("/NONE"));
  }

  @Test
  void truncatedAnswerIsNoWholeOne() throws Exception {
    send("PUT", "/a", "0123456789");
    proxy.once(request -> true, Fault.TRUNCATE);
    assertThrows(IOException.class, () -> send("GET", "/a", ""));
  }

  @Test
  void sameSeedHarmsAlike() throws Exception {
    List<Object> first = ends(7);
    assertEquals(first, ends(7));
    assertNotEquals(first, ends(8));
  }

  private List<Object> ends(long seed) throws InterruptedException {
    proxy.random(seed, 0.7);
    List<Object> ends = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      try {
        ends.add(send("POST", "/x", "content").statusCode());
      } catch (IOException cut) {
        ends.add("cut");
      }
    }
    return ends;
  }

  private HttpResponse<String> send(String method, String path, String content)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://" + proxy.endpoint().getAuthority() + path))
            .method(
                method,
                content.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(content))
            .build(),
        BodyHandlers.ofString());
  }

  private void serve(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().toString();
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    String answer = "done";
    int status = 200;
    switch (exchange.getRequestMethod()) {
      case "PUT", "POST" -> stored.put(path, body);
      case "DELETE" -> {
        stored.remove(path);
        status = 204;
      }
      default -> {
        answer = stored.get(path);
        status = answer == null ? 404 : 200;
      }
    }
    if (exchange.getRequestMethod().equals("HEAD") && answer != null) {
      exchange.getResponseHeaders().set("Content-Length", "" + answer.length());
    }
    boolean bodiless =
        answer == null || status == 204 || exchange.getRequestMethod().equals("HEAD");
    // Zero makes the server write chunks, of which large bodies are many.
    exchange.sendResponseHeaders(
        status, bodiless ? -1 : answer.length() > 100 ? 0 : answer.length());
    if (!bodiless) {
      exchange.getResponseBody().write(answer.getBytes(UTF_8));
    }
    exchange.close();
  }
}

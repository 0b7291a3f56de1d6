// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.FileInput;
import io.lakehousecdc.sink.delta.storage.StoreCredential.GoogleToken;
import io.lakehousecdc.sink.delta.storage.StoreCredential.S3Session;
import io.lakehousecdc.sink.delta.storage.StoreCredentials;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.TableOptions;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** Requests to S3 with credentials that another service hands out. */
@Timeout(60)
class S3VendedCredentialsTest {
  private final List<String> signed = new CopyOnWriteArrayList<>();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  /** Writes down who asks, and refuses. */
  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      signed.add(
          exchange.getRequestMethod()
              + " "
              + exchange
                  .getRequestHeaders()
                  .getFirst("Authorization")
                  .replaceFirst(".*Credential=([^/]+)/.*", "$1")
              + " "
              + exchange.getRequestHeaders().getFirst("X-Amz-Security-Token"));
      exchange.getRequestBody().readAllBytes();
      exchange.sendResponseHeaders(403, -1);
    }
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void eachRequestHasTheCredentialOfItsPlace() throws IOException {
    StoreCredentials byTable =
        location -> {
          String table = location.replaceFirst("s3://bucket/lake/shop/([^/]+).*", "$1");
          return new S3Session("key-" + table, "secret", "token-" + table, Instant.MAX);
        };
    byte[] content = {1};
    try (FileIO store = open(byTable)) {
      FileInput input = store.open("s3://bucket/lake/shop/items/a", 1);
      for (Executable request :
          List.<Executable>of(
              () -> store.stat("s3://bucket/lake/shop/items/a"),
              () -> store.putIfAbsent("s3://bucket/lake/shop/items/_delta_log/0.json", content),
              () -> store.exists("s3://bucket/lake/shop/items/_delta_log"),
              () -> input.read(0, ByteBuffer.allocate(1)),
              () -> store.delete("s3://bucket/lake/shop/items/a"),
              () ->
                  store.deleteAll(
                      List.of("s3://bucket/lake/shop/items/a", "s3://bucket/lake/shop/items/b")),
              () -> store.stat("s3://bucket/lake/shop/orders/a"))) {
        assertThrows(IOException.class, request);
      }
    }

    assertEquals("HEAD key-orders token-orders", signed.remove(signed.size() - 1));
    assertTrue(signed.size() >= 6, signed.toString());
    assertTrue(
        signed.stream().allMatch(request -> request.endsWith(" key-items token-items")),
        signed.toString());
  }

  @Test
  void placeThatIsRefusedIsNotAskedForAgain() {
    List<String> asked = new CopyOnWriteArrayList<>();
    StoreCredentials none =
        location -> {
          asked.add(location);
          throw new AccessDeniedException(location, null, "grant it");
        };
    try (FileIO store = open(none)) {
      AccessDeniedException failure =
          assertThrows(AccessDeniedException.class, () -> store.stat("s3://bucket/lake/a"));

      assertTrue(failure.getMessage().contains("grant it"), failure.getMessage());
      assertEquals(List.of("s3://bucket/lake/a"), asked);
      assertEquals(List.of(), signed);
    }
  }

  @Test
  void credentialOfAnotherStoreIsRefused() {
    try (FileIO store = open(location -> new GoogleToken("t", Instant.MAX))) {
      AccessDeniedException failure =
          assertThrows(AccessDeniedException.class, () -> store.stat("s3://bucket/lake/a"));

      assertTrue(failure.getMessage().contains("delta.unity.credentials"), failure.getMessage());
    }
  }

  @Test
  void credentialsOfTheStoreAreRefusedBesideThem() {
    StoreCredentials vended = location -> new S3Session("key", "secret", "token", Instant.MAX);
    for (String key :
        List.of(
            S3Settings.ACCESS_KEY_ID,
            S3Settings.SECRET_ACCESS_KEY,
            S3Settings.SESSION_TOKEN,
            S3Settings.ROLE_ARN)) {
      FatalException failure =
          assertThrows(FatalException.class, () -> open(vended, Map.of(key, "own")));

      assertTrue(failure.getMessage().contains("delta.unity.credentials"), failure.getMessage());
    }
  }

  @Test
  void credentialsOfTheStoreMayServeGlueBesideThem() throws IOException {
    try (FileIO store =
        open(
            location -> new S3Session("key-vended", "secret", "token", Instant.MAX),
            Map.of(
                "delta.catalog",
                "glue",
                S3Settings.ACCESS_KEY_ID,
                "own",
                S3Settings.SECRET_ACCESS_KEY,
                "own"))) {
      assertThrows(IOException.class, () -> store.stat("s3://bucket/lake/a"));
    }

    assertEquals(List.of("HEAD key-vended token"), signed);
  }

  private FileIO open(StoreCredentials credentials) {
    return open(credentials, Map.of());
  }

  private FileIO open(StoreCredentials credentials, Map<String, String> more) {
    Map<String, String> values = new HashMap<>();
    for (Setting setting : S3Settings.ALL) {
      if (setting.defaultValue() != null) {
        values.put(setting.key(), setting.defaultValue());
      }
    }
    values.put(S3Settings.ENDPOINT, "http://127.0.0.1:" + server.getAddress().getPort());
    values.put(S3Settings.PATH_STYLE, "true");
    values.put(S3Settings.REGION, "eu-central-1");
    values.putAll(more);
    return new S3StoreFactory()
        .open(
            "s3://bucket/lake",
            new TargetSettings(values, TableOptions.DEFAULT),
            new StoreFigures(),
            credentials);
  }
}

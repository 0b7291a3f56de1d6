// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.gcs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.StoreCredential;
import io.lakehousecdc.sink.delta.storage.StoreCredentials;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.testkit.GcsFake;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens for a service account's key, from a server in the place of Google's. */
class GoogleSignInIT {
  private final GcsFake storage = GcsFake.start("lake");
  private final AtomicInteger tokens = new AtomicInteger();
  private HttpServer identity;

  @TempDir Path directory;

  @BeforeEach
  void start() throws IOException {
    storage.requireToken("given");
    identity = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    identity.createContext(
        "/token",
        exchange -> {
          byte[] token =
              "{\"access_token\": \"given\", \"expires_in\": 3600, \"token_type\": \"Bearer\"}"
                  .getBytes(UTF_8);
          tokens.incrementAndGet();
          try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, token.length);
            exchange.getResponseBody().write(token);
          }
        });
    identity.createContext(
        "/revoked",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(401, -1);
          }
        });
    identity.createContext("/cut", HttpExchange::close);
    identity.start();
  }

  @AfterEach
  void stop() {
    identity.stop(0);
    storage.close();
  }

  @Test
  void keyOfAServiceAccountSignsRequests() throws Exception {
    try (FileIO store = store("/token")) {
      store.requireUsable("gs://lake/delta");
      store.putIfAbsent("gs://lake/a", new byte[3]);

      assertEquals(3, store.stat("gs://lake/a").orElseThrow().size());
      assertEquals(1, tokens.get());
    }
  }

  @Test
  void tokenOfACatalogueSignsRequests() throws IOException {
    List<String> asked = new ArrayList<>();
    StoreCredentials catalogue =
        location -> {
          asked.add(location);
          return new StoreCredential.GoogleToken("given", Instant.MAX);
        };
    try (FileIO store = open(catalogue)) {
      store.putIfAbsent("gs://lake/t/a", new byte[3]);
      store.listFrom("gs://lake/t/a");
    }

    assertEquals(List.of("gs://lake/t/a", "gs://lake/t"), asked);
  }

  @Test
  void refusalOfACatalogueIsNamed() {
    StoreCredentials catalogue =
        location -> {
          throw new AccessDeniedException(location, null, "no READ FILES");
        };
    try (FileIO store = open(catalogue)) {
      FatalException failure =
          assertThrows(FatalException.class, () -> store.requireUsable("gs://lake/delta"));

      assertTrue(failure.getMessage().contains("no READ FILES"), failure::getMessage);
    }
  }

  private FileIO open(StoreCredentials catalogue) {
    return new GcsStoreFactory()
        .open(
            "gs://lake",
            GcsBucket.settings(Map.of(GcsSettings.ENDPOINT, storage.endpoint().toString())),
            new StoreFigures(),
            catalogue);
  }

  @Test
  void keyThatIsRevokedIsNamed() throws Exception {
    try (FileIO store = store("/revoked")) {
      FatalException failure =
          assertThrows(FatalException.class, () -> store.requireUsable("gs://lake/delta"));

      assertTrue(failure.getMessage().contains("no access token"), failure::getMessage);
      assertTrue(failure.getMessage().contains(GcsSettings.CREDENTIALS_FILE), failure::getMessage);
    }
  }

  @Test
  void identityServiceThatDoesNotAnswerMayAnswerLater() throws Exception {
    try (FileIO store = store("/cut")) {
      RetriableException failure =
          assertThrows(RetriableException.class, () -> store.requireUsable("gs://lake/delta"));

      assertTrue(failure.getMessage().contains("no access token"), failure::getMessage);
    }
  }

  private FileIO store(String path) throws IOException, NoSuchAlgorithmException {
    KeyPairGenerator keys = KeyPairGenerator.getInstance("RSA");
    keys.initialize(2048);
    String pem =
        "-----BEGIN PRIVATE KEY-----\\n"
            + Base64.getEncoder().encodeToString(keys.generateKeyPair().getPrivate().getEncoded())
            + "\\n-----END PRIVATE KEY-----\\n";
    Path file = directory.resolve("key.json");
    Files.writeString(
        file,
        """
        {"type": "service_account", "project_id": "shop", "client_id": "1",
         "client_email": "sink@shop.iam.gserviceaccount.com", "private_key_id": "k",
         "private_key": "%s", "token_uri": "http://127.0.0.1:%d%s"}
        """
            .formatted(pem, identity.getAddress().getPort(), path));
    return GcsBucket.store(
        new StoreFigures(),
        Map.of(
            GcsSettings.ENDPOINT,
            storage.endpoint().toString(),
            GcsSettings.CREDENTIALS_FILE,
            file.toString()));
  }
}

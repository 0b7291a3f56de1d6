// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.azure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lakehousecdc.sink.delta.storage.FileIO;
import io.lakehousecdc.sink.delta.storage.StoreFigures;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tokens of identities that the worker has. Azure's library reads who that is from environment
 * variables, so that each test asks in a JVM of its own.
 */
class WorkerIdentityIT {
  private static final String ROOT = "abfss://lake@shop.dfs.core.windows.net";

  private final List<String> tokenRequests = new ArrayList<>();
  private final List<String> authorizations = new ArrayList<>();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    server.createContext("/token", this::giveToken);
    server.createContext("/shop", this::refuseBlob);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  /** As in App Service and Container Apps, whose protocol can be told another address. */
  @Test
  void managedIdentitySignsRequests() throws Exception {
    Asked asked =
        ask(
            Map.of("IDENTITY_ENDPOINT", address() + "/token", "IDENTITY_HEADER", "h"),
            AzureSettings.CLIENT_ID,
            "chosen");

    assertEquals("Optional.empty", asked.output().strip());
    assertEquals(List.of("Bearer given"), authorizations);
    assertEquals(1, tokenRequests.size());
    assertTrue(tokenRequests.get(0).contains("client_id=chosen"), tokenRequests::toString);
    assertTrue(tokenRequests.get(0).contains("storage.azure.com"), tokenRequests::toString);
  }

  @Test
  void workloadIdentityIsAskedForWhereThePodHasOne(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("token"), "of the pod");
    Asked asked =
        ask(
            Map.of(
                "AZURE_TENANT_ID",
                "tenant",
                "AZURE_FEDERATED_TOKEN_FILE",
                file.toString(),
                "AZURE_AUTHORITY_HOST",
                "https://127.0.0.1:1/",
                "IDENTITY_ENDPOINT",
                address() + "/token",
                "IDENTITY_HEADER",
                "h"));

    // Nobody answers there: so it was asked, and not the machine's identity instead.
    assertTrue(asked.output().contains("SignInException"), asked.output());
    assertEquals(List.of(), tokenRequests);
  }

  @Test
  void workerWithoutIdentityIsTold() throws Exception {
    Asked asked =
        ask(Map.of("IDENTITY_ENDPOINT", "http://127.0.0.1:1/token", "IDENTITY_HEADER", "h"));

    assertTrue(asked.output().contains("SignInException"), asked.output());
    assertEquals(List.of(), authorizations);
  }

  /** Asks for a file, in a JVM with these variables. */
  public static final class Main {
    private Main() {}

    /**
     * @param arguments settings, each after its name
     */
    public static void main(String[] arguments) {
      try (FileIO store = AzureContainer.store(ROOT, new StoreFigures(), settings(arguments))) {
        System.out.println(store.stat(ROOT + "/a"));
      } catch (IOException e) {
        System.out.println(e);
      }
    }
  }

  private static Map<String, String> settings(String... given) {
    Map<String, String> settings = new HashMap<>();
    for (int i = 0; i < given.length; i += 2) {
      settings.put(given[i], given[i + 1]);
    }
    return settings;
  }

  private record Asked(String output) {}

  private Asked ask(Map<String, String> environment, String... settings) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                AzureSettings.ENDPOINT,
                address() + "/shop"));
    command.addAll(List.of(settings));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("AZURE_"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), output);
    return new Asked(output);
  }

  private String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void giveToken(HttpExchange exchange) throws IOException {
    tokenRequests.add(exchange.getRequestURI().getQuery());
    byte[] token =
        "{\"access_token\": \"given\", \"expires_on\": \"4102444800\", \"resource\": \"r\","
            .concat("\"token_type\": \"Bearer\"}")
            .getBytes(UTF_8);
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, token.length);
      exchange.getResponseBody().write(token);
    }
  }

  private void refuseBlob(HttpExchange exchange) throws IOException {
    authorizations.add(exchange.getRequestHeaders().getFirst("Authorization"));
    try (exchange) {
      exchange.getResponseHeaders().set("x-ms-error-code", "BlobNotFound");
      exchange.sendResponseHeaders(404, -1);
    }
  }
}

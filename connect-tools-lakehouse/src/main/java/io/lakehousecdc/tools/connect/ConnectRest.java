// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools.connect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lakehousecdc.tools.UsageException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/**
 * The REST interface of a Connect cluster.
 *
 * @see <a href="https://kafka.apache.org/documentation/#connect_rest">Kafka Connect: REST API</a>
 */
public final class ConnectRest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int NOT_FOUND = 404;
  private static final int OK = 200;

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private final URI cluster;

  /**
   * A cluster's interface.
   *
   * @throws UsageException the address is no URL of HTTP
   */
  public ConnectRest(URI cluster) {
    if (cluster.getHost() == null || !String.valueOf(cluster.getScheme()).startsWith("http")) {
      throw new UsageException(
          "The address of Connect is a URL such as http://localhost:8083, not " + cluster + ".");
    }
    this.cluster = cluster;
  }

  /** The settings of a connector, with the placeholders of config providers as they are. */
  public Map<String, String> configuration(String connector) {
    return ConfigurationFile.settings(json(path(connector)));
  }

  /** The state of a connector and its tasks. */
  public JsonNode status(String connector) {
    return json(path(connector) + "/status");
  }

  private static String path(String connector) {
    return "/connectors/"
        + URLEncoder.encode(connector, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /**
   * Answer to a request.
   *
   * @param path with a slash at its beginning
   * @throws UsageException there is none, or another than 200
   */
  public JsonNode json(String path) {
    String base = cluster.toString().replaceAll("/+$", "");
    try {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(base + path)).timeout(PATIENCE).build(),
              HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() == NOT_FOUND) {
        throw new UsageException("Connect has nothing at " + path + " of " + base);
      }
      if (answer.statusCode() != OK) {
        throw new UsageException(
            "Connect answers " + path + " of " + base + " with status " + answer.statusCode());
      }
      return JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new UsageException("Cannot reach Connect at " + base, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UsageException("Interrupted", e);
    }
  }
}

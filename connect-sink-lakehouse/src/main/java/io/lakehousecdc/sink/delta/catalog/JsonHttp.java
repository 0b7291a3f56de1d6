// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A client of a service that answers in JSON. Follows no redirect, which would take credentials
 * elsewhere; uses the JVM's proxy. An interrupt ends a request. Thread-safe.
 */
final class JsonHttp {
  private static final Duration CONNECT = Duration.ofSeconds(4);
  static final Duration ANSWER = Duration.ofSeconds(10);

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(CONNECT).version(HttpClient.Version.HTTP_1_1).build();
  private final String service;
  private final String setting;

  /**
   * @param service what it is called in messages
   * @param setting full name of the setting that has its address
   */
  JsonHttp(String service, String setting) {
    this.service = service;
    this.setting = setting;
  }

  /**
   * An answer.
   *
   * @param body a missing node where it is not JSON
   */
  record Answer(int status, JsonNode body) {
    boolean succeeded() {
      return status / 100 == 2;
    }

    /** Whether the service is at fault, or asks to come again: another time it may do better. */
    boolean mayPass() {
      return status == 429 || status == 408 || (status >= 500 && status != 501);
    }
  }

  /**
   * Sends a request, once, and waits for the whole answer: as long as the request says, or {@link
   * #ANSWER}. The client's own limit ends with the headers of the answer.
   *
   * @throws CatalogException there was no answer
   */
  Answer send(HttpRequest request) throws CatalogException {
    URI uri = request.uri();
    Duration limit = request.timeout().orElse(ANSWER);
    CompletableFuture<HttpResponse<String>> exchange =
        client.sendAsync(request, BodyHandlers.ofString());
    try {
      HttpResponse<String> response = exchange.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return new Answer(response.statusCode(), Json.answered(response.body()));
    } catch (ExecutionException e) {
      throw unanswered(uri, e.getCause());
    } catch (TimeoutException e) {
      exchange.cancel(true);
      throw unanswered(
          uri, new HttpTimeoutException("no whole answer after " + limit.toMillis() + " ms"));
    } catch (InterruptedException e) {
      exchange.cancel(true);
      Thread.currentThread().interrupt();
      throw CatalogException.unavailable(setting, service + " was not waited for", e);
    }
  }

  private CatalogException unanswered(URI uri, Throwable cause) {
    return CatalogException.unavailable(
        setting,
        service
            + " does not answer at "
            + uri.getScheme()
            + "://"
            + uri.getAuthority()
            + " ("
            + cause
            + "). Check "
            + setting
            + ", that the worker may connect there, and its certificate. A proxy is set with the"
            + " JVM's https.proxyHost and https.proxyPort.",
        cause);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.catalog;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

/**
 * Access tokens by OAuth 2 client credentials (RFC 6749, 4.4), from the address at which Databricks
 * workspaces hand them out. A token is renewed before it ends: when a quarter of its life is left,
 * or five minutes. Thread-safe.
 */
final class OAuthTokens implements Tokens {
  private static final String PATH = "/oidc/v1/token";
  private static final Duration SPARE = Duration.ofMinutes(5);
  private static final Duration USUAL_LIFE = Duration.ofHours(1);

  private final JsonHttp http;
  private final URI address;
  private final String authorization;
  private final Clock clock;
  private String token;
  private Instant renewal = Instant.MIN;

  OAuthTokens(JsonHttp http, URI endpoint, String clientId, String clientSecret, Clock clock) {
    this.http = http;
    this.address = URI.create(endpoint + PATH);
    this.authorization =
        "Basic "
            + Base64.getEncoder()
                .encodeToString((clientId + ":" + clientSecret).getBytes(StandardCharsets.UTF_8));
    this.clock = clock;
  }

  @Override
  public synchronized String token() throws CatalogException {
    Instant now = clock.instant();
    if (token == null || !now.isBefore(renewal)) {
      renew(now);
    }
    return token;
  }

  @Override
  public synchronized void refused(String refused) {
    if (refused.equals(token)) {
      token = null;
    }
  }

  private void renew(Instant now) throws CatalogException {
    JsonHttp.Answer answer =
        http.send(
            HttpRequest.newBuilder(address)
                .timeout(JsonHttp.ANSWER)
                .header("Authorization", authorization)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(
                    BodyPublishers.ofString(
                        "grant_type=client_credentials&scope="
                            + URLEncoder.encode("all-apis", StandardCharsets.UTF_8)))
                .build());
    String granted = answer.body().path("access_token").asText("");
    if (!answer.succeeded() || granted.isEmpty()) {
      throw CatalogException.unavailable(
          UnitySettings.CLIENT_SECRET,
          address
              + " hands out no token ("
              + answer.status()
              + reason(answer)
              + "). Check "
              + UnitySettings.CLIENT_ID
              + " and "
              + UnitySettings.CLIENT_SECRET
              + ": they are a service principal's application id and one of its OAuth secrets, which"
              + " end.",
          null);
    }
    long seconds = answer.body().path("expires_in").asLong(USUAL_LIFE.toSeconds());
    Duration life = Duration.ofSeconds(Math.max(1, seconds));
    Duration spare = life.dividedBy(4).compareTo(SPARE) < 0 ? life.dividedBy(4) : SPARE;
    token = granted;
    renewal = now.plus(life).minus(spare);
  }

  /** The code alone: a description may repeat what was sent. */
  private static String reason(JsonHttp.Answer answer) {
    String code = answer.body().path("error").asText("");
    return code.isEmpty() ? "" : ", " + code;
  }
}

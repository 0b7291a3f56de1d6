// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.catalog;

import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.Setting.Kind;
import io.lakehousecdc.sink.spi.TargetFactory.SettingProblem;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The settings of Unity Catalog.
 *
 * @param endpoint address of the service, without a path
 * @param catalog {@code delta.unity.catalog}
 * @param token {@code delta.unity.token}
 * @param clientId {@code delta.unity.oauth.client.id}
 * @param clientSecret {@code delta.unity.oauth.client.secret}
 */
record UnitySettings(
    URI endpoint,
    String catalog,
    Optional<String> token,
    Optional<String> clientId,
    Optional<String> clientSecret) {
  static final String ENDPOINT = "delta.unity.endpoint";
  static final String NAME = "delta.unity.catalog";
  static final String TOKEN = "delta.unity.token";
  static final String CLIENT_ID = "delta.unity.oauth.client.id";
  static final String CLIENT_SECRET = "delta.unity.oauth.client.secret";
  static final String CREDENTIALS = "delta.unity.credentials";
  private static final String API = "/api/2.1/unity-catalog";

  static final List<Setting> ALL =
      List.of(
          Setting.optional(
              ENDPOINT,
              Kind.TEXT,
              null,
              "Address of Unity Catalog, such as https://<workspace>.cloud.databricks.com or"
                  + " http://unity:8080."),
          Setting.optional(
              NAME,
              Kind.TEXT,
              null,
              "The catalog of Unity Catalog: a target table <schema>.<table> becomes"
                  + " <catalog>.<schema>.<table>. It has to exist; schemas are created."),
          Setting.optional(
              TOKEN,
              Kind.SECRET,
              null,
              "Access token for Unity Catalog. Set this, or the client id and secret, or, where the"
                  + " server asks for none, nothing."),
          Setting.optional(
              CLIENT_ID,
              Kind.TEXT,
              null,
              "Client id (a service principal's application id) for tokens of one hour each, which"
                  + " <endpoint>/oidc/v1/token hands out."),
          Setting.optional(CLIENT_SECRET, Kind.SECRET, null, "The OAuth secret of the client id."),
          Setting.optional(
              CREDENTIALS,
              Kind.BOOLEAN,
              "false",
              "Whether the credentials for the store come from Unity Catalog (credential vending),"
                  + " for some time each, instead of from the store's own settings. Needs an"
                  + " external location that holds delta.root, and external access."));

  /**
   * @throws FatalException {@link #problems} tells why
   */
  static UnitySettings of(TargetSettings settings) {
    List<SettingProblem> problems = problems(settings);
    if (!problems.isEmpty()) {
      throw new FatalException(problems.get(0).message());
    }
    return new UnitySettings(
        endpoint(settings.text(ENDPOINT)),
        settings.text(NAME).strip(),
        value(settings, TOKEN),
        value(settings, CLIENT_ID),
        value(settings, CLIENT_SECRET));
  }

  static List<SettingProblem> problems(TargetSettings settings) {
    List<SettingProblem> problems = new ArrayList<>();
    if (value(settings, ENDPOINT).isEmpty()) {
      problems.add(
          new SettingProblem(ENDPOINT, "Set " + ENDPOINT + ": the address of the service"));
    } else {
      try {
        endpoint(settings.text(ENDPOINT));
      } catch (IllegalArgumentException e) {
        problems.add(new SettingProblem(ENDPOINT, e.getMessage()));
      }
    }
    if (value(settings, NAME).isEmpty()) {
      problems.add(
          new SettingProblem(NAME, "Set " + NAME + ": the catalog that tables are registered in"));
    }
    boolean hasId = value(settings, CLIENT_ID).isPresent();
    if (hasId != value(settings, CLIENT_SECRET).isPresent()) {
      String missing = hasId ? CLIENT_SECRET : CLIENT_ID;
      problems.add(new SettingProblem(missing, "Set " + missing + ", too: one needs the other"));
    } else if (hasId && value(settings, TOKEN).isPresent()) {
      problems.add(
          new SettingProblem(
              TOKEN, "Set either " + TOKEN + " or " + CLIENT_ID + " and its secret, not both"));
    }
    return problems;
  }

  private static Optional<String> value(TargetSettings settings, String key) {
    return Optional.ofNullable(settings.text(key)).map(String::strip).filter(t -> !t.isEmpty());
  }

  private static URI endpoint(String text) {
    String plain = text.strip().replaceFirst("/+$", "").replaceFirst(API + "$", "");
    URI uri;
    try {
      uri = URI.create(plain);
    } catch (IllegalArgumentException e) {
      throw wrong();
    }
    boolean isHttp = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
    if (!isHttp
        || uri.getHost() == null
        || uri.getUserInfo() != null
        || uri.getQuery() != null
        || uri.getFragment() != null) {
      throw wrong();
    }
    return uri;
  }

  /** Without the text, which may hold a password by mistake. */
  private static IllegalArgumentException wrong() {
    return new IllegalArgumentException(
        ENDPOINT + " has to be an address such as https://<workspace>.cloud.databricks.com");
  }

  /** Address of the API. */
  String api() {
    return endpoint + API;
  }

  /** The tokens to ask with; empty where none is set. */
  Optional<Tokens> tokens(JsonHttp http) {
    if (clientId.isPresent()) {
      return Optional.of(
          new OAuthTokens(
              http, endpoint, clientId.get(), clientSecret.orElseThrow(), Clock.systemUTC()));
    }
    return token.map(fixed -> () -> fixed);
  }

  /** Without the secrets. */
  @Override
  public String toString() {
    return "UnitySettings[" + endpoint + ", " + catalog + "]";
  }
}

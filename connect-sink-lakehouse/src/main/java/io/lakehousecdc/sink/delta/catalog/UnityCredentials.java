// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import io.lakehousecdc.sink.delta.storage.StoreCredential;
import io.lakehousecdc.sink.delta.storage.StoreCredential.AzureSas;
import io.lakehousecdc.sink.delta.storage.StoreCredential.GoogleToken;
import io.lakehousecdc.sink.delta.storage.StoreCredential.S3Session;
import io.lakehousecdc.sink.delta.storage.StoreCredentials;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Credentials that Unity Catalog hands out for paths ({@code temporary-path-credentials}): one for
 * the directory of each table, because Databricks gives none for a directory that holds registered
 * tables. Each is renewed before it ends, when a quarter of its life is left, or five minutes.
 * Where that fails it is used on, and renewed half a minute later.
 */
final class UnityCredentials implements StoreCredentials {
  private static final Logger LOG = LoggerFactory.getLogger(UnityCredentials.class);
  private static final Duration SPARE = Duration.ofMinutes(5);
  private static final Duration LEAST = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofSeconds(30);

  /** Where the service does not say when a credential ends. */
  private static final Duration USUAL_LIFE = Duration.ofHours(1);

  private final UnitySettings settings;
  private final String root;
  private final Clock clock;
  private final UnityClient client;
  private final Map<String, Held> held = new ConcurrentHashMap<>();

  /** The credential of one directory; whoever renews it holds its monitor. */
  private static final class Held {
    StoreCredential credential;
    Instant renewal;
  }

  /**
   * @param root {@code delta.root}, as its store resolves it
   */
  UnityCredentials(UnitySettings settings, String root, Clock clock) {
    this.settings = settings;
    this.root = root;
    this.clock = clock;
    this.client = new UnityClient(settings);
  }

  @Override
  public StoreCredential of(String location) throws IOException {
    String directory = directory(location);
    Held one = held.computeIfAbsent(directory, none -> new Held());
    synchronized (one) {
      Instant now = clock.instant();
      if (one.credential == null || !now.isBefore(one.renewal)) {
        renew(one, directory, now);
      }
      return one.credential;
    }
  }

  private void renew(Held one, String directory, Instant now) throws IOException {
    try {
      StoreCredential credential = asked(directory, now);
      Duration life = Duration.between(now, credential.expires());
      Duration spare = life.dividedBy(4).compareTo(SPARE) < 0 ? life.dividedBy(4) : SPARE;
      one.credential = credential;
      one.renewal = credential.expires().minus(spare);
    } catch (CatalogException e) {
      if (one.credential != null && one.credential.expires().minus(LEAST).isAfter(now)) {
        Instant last = one.credential.expires().minus(LEAST);
        one.renewal = now.plus(PAUSE).isBefore(last) ? now.plus(PAUSE) : last;
        LOG.warn("The credential for {} could not be renewed yet: {}", directory, e.getMessage());
        return;
      }
      if (e.kind() == CatalogException.Kind.UNAVAILABLE) {
        throw new IOException("No credential for " + directory + ": " + e.getMessage(), e);
      }
      AccessDeniedException denied =
          new AccessDeniedException(
              directory,
              null,
              e.getMessage()
                  + " Credentials for paths also need external access to be enabled in the metastore,"
                  + " EXTERNAL USE LOCATION and WRITE FILES on the external location, and EXTERNAL"
                  + " USE SCHEMA on the schema.");
      denied.initCause(e);
      throw denied;
    }
  }

  private StoreCredential asked(String directory, Instant now) throws CatalogException {
    JsonNode answer =
        client.post(
            "/temporary-path-credentials",
            Json.object().put("url", directory).put("operation", "PATH_READ_WRITE"));
    long ends = answer.path("expiration_time").asLong(0);
    Instant expires = ends > 0 ? Instant.ofEpochMilli(ends) : now.plus(USUAL_LIFE);
    for (String form : new String[] {"aws_temp_credentials", "r2_temp_credentials"}) {
      JsonNode session = answer.path(form);
      if (session.isObject()) {
        return new S3Session(
            session.path("access_key_id").asText(),
            session.path("secret_access_key").asText(),
            session.path("session_token").asText(),
            expires);
      }
    }
    if (answer.path("azure_user_delegation_sas").isObject()) {
      return new AzureSas(
          answer.path("azure_user_delegation_sas").path("sas_token").asText(), expires);
    }
    if (answer.path("gcp_oauth_token").isObject()) {
      return new GoogleToken(answer.path("gcp_oauth_token").path("oauth_token").asText(), expires);
    }
    throw CatalogException.refused(
        UnitySettings.CREDENTIALS,
        "Unity Catalog at "
            + settings.endpoint()
            + " hands out no credential for "
            + directory
            + " of a form that this sink knows (a session of S3, a SAS of Azure, a token of Google)."
            + " Set "
            + UnitySettings.CREDENTIALS
            + " to false, and the store's own credentials.");
  }

  /**
   * The table's directory that a location lies in, {@code <root>/<schema>/<table>} or, for tables
   * whose name has no schema, {@code <root>/<table>}; the location itself outside of the root.
   */
  private String directory(String location) {
    String plain = location.replaceFirst("/+$", "");
    if (!plain.startsWith(root + "/")) {
      return plain;
    }
    String[] parts = plain.substring(root.length() + 1).split("/", 3);
    if (parts.length == 1 || parts[0].startsWith("_") || isInsideTable(parts[1])) {
      return root + "/" + parts[0];
    }
    return root + "/" + parts[0] + "/" + parts[1];
  }

  /** Whether it is a name of what lies in the directory of a table: no table is called so. */
  private static boolean isInsideTable(String name) {
    return name.startsWith("_") || name.contains("=") || name.matches(".*\\.(parquet|bin)");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof UnityCredentials same
        && settings.equals(same.settings)
        && root.equals(same.root);
  }

  @Override
  public int hashCode() {
    return settings.hashCode();
  }

  /** Without secrets. */
  @Override
  public String toString() {
    return "UnityCredentials[" + settings + ", " + root + "]";
  }
}

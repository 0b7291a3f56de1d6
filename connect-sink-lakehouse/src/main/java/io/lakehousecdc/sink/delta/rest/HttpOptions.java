// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.rest;

import io.lakehousecdc.sink.spi.Setting;
import io.lakehousecdc.sink.spi.Setting.Kind;
import io.lakehousecdc.sink.spi.TargetFactory.SettingProblem;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How a store is reached: settings that all stores of this package have, under a prefix of their
 * own such as {@code delta.gcs.}.
 *
 * @param connectTimeout how long a connection may take
 * @param requestTimeout how long a request may take, from its beginning to the end of its answer
 * @param retries how often a request is repeated at most
 * @param proxy the HTTP proxy; empty for what the JVM's system properties say
 */
public record HttpOptions(
    Duration connectTimeout, Duration requestTimeout, int retries, Optional<URI> proxy) {
  private static final Duration MOST_HASTY_CONNECT = Duration.ofSeconds(5);
  private static final Duration MOST_HASTY_REQUEST = Duration.ofSeconds(10);
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final String CONNECT_TIMEOUT = "connect.timeout.ms";
  private static final String REQUEST_TIMEOUT = "request.timeout.ms";
  private static final String RETRIES = "retries";
  private static final String PROXY = "proxy.url";

  /** How the settings are documented. */
  public static List<Setting> settings(String prefix) {
    return List.of(
        Setting.optional(
            prefix + CONNECT_TIMEOUT,
            Kind.INTEGER,
            "5000",
            "Milliseconds that connecting to the store may take."),
        Setting.optional(
            prefix + REQUEST_TIMEOUT,
            Kind.INTEGER,
            "60000",
            "Milliseconds that a request to the store may take, up to the end of its answer. Requests"
                + " carry 8 MB at most."),
        Setting.optional(
            prefix + RETRIES,
            Kind.INTEGER,
            "6",
            "How often a request that failed is repeated at most, with growing random pauses, before"
                + " the commit fails and is tried again as a whole. What writes a log entry is"
                + " never repeated while its fate is unknown."),
        Setting.optional(
            prefix + PROXY,
            Kind.TEXT,
            null,
            "HTTP proxy between the worker and the store, as http://host:port. Not set, the JVM's"
                + " system properties (https.proxyHost) decide."));
  }

  /** What is wrong with them. */
  public static List<SettingProblem> problems(String prefix, TargetSettings settings) {
    List<SettingProblem> problems = new ArrayList<>();
    for (String timeout : List.of(CONNECT_TIMEOUT, REQUEST_TIMEOUT)) {
      if (settings.text(prefix + timeout) != null && settings.number(prefix + timeout) < 1) {
        problems.add(new SettingProblem(prefix + timeout, "has to be 1 or more"));
      }
    }
    if (settings.text(prefix + RETRIES) != null) {
      long retries = settings.number(prefix + RETRIES);
      if (retries < 0 || retries > 100) {
        problems.add(new SettingProblem(prefix + RETRIES, "has to be from 0 to 100"));
      }
    }
    String proxy = text(settings, prefix + PROXY);
    if (proxy != null && !isProxy(proxy)) {
      problems.add(
          new SettingProblem(
              prefix + PROXY, "has to be http://host:port, without a user, a path or a query"));
    }
    return problems;
  }

  /** The settings, read; {@link #problems} has found none. */
  public static HttpOptions of(String prefix, TargetSettings settings) {
    return new HttpOptions(
        Duration.ofMillis(settings.number(prefix + CONNECT_TIMEOUT)),
        Duration.ofMillis(settings.number(prefix + REQUEST_TIMEOUT)),
        Math.toIntExact(settings.number(prefix + RETRIES)),
        Optional.ofNullable(text(settings, prefix + PROXY)).map(URI::create));
  }

  /** Text of a setting; null where it is not set, or blank. */
  public static String text(TargetSettings settings, String key) {
    String text = settings.text(key);
    return text == null || text.isBlank() ? null : text.trim();
  }

  /** Whether others than this machine can read what is sent to an address. */
  public static boolean isOpenToRead(URI address) {
    return "http".equals(address.getScheme()) && !LOOPBACK.contains(address.getHost());
  }

  /** The same for a check that has to end within seconds. */
  public HttpOptions hasty() {
    return new HttpOptions(
        shorter(connectTimeout, MOST_HASTY_CONNECT),
        shorter(requestTimeout, MOST_HASTY_REQUEST),
        Math.min(retries, 1),
        proxy);
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private static boolean isProxy(String text) {
    try {
      URI uri = new URI(text);
      return "http".equals(uri.getScheme())
          && uri.getHost() != null
          && uri.getPort() > 0
          && uri.getUserInfo() == null
          && (uri.getPath().isEmpty() || uri.getPath().equals("/"))
          && uri.getQuery() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }
}

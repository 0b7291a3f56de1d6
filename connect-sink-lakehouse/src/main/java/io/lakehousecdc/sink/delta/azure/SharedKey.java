// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.azure;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lakehousecdc.sink.delta.rest.Call;
import io.lakehousecdc.sink.delta.rest.Signer;
import java.net.URLDecoder;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests with an account's key.
 *
 * @see <a
 *     href="https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key">Authorize
 *     with Shared Key</a>
 */
final class SharedKey implements Signer {
  private static final String HMAC = "HmacSHA256";

  /** As RFC 1123 has it, with two digits of the day. */
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH);

  /** The headers that are signed by their place; the length comes after the second. */
  private static final List<String> BEFORE_LENGTH = List.of("content-encoding", "content-language");

  private static final List<String> AFTER_LENGTH =
      List.of(
          "content-md5",
          "content-type",
          "date",
          "if-modified-since",
          "if-match",
          "if-none-match",
          "if-unmodified-since",
          "range");

  private final String account;
  private final SecretKeySpec key;
  private final Clock clock;

  SharedKey(String account, byte[] key, Clock clock) {
    this.account = account;
    this.key = new SecretKeySpec(key, HMAC);
    this.clock = clock;
  }

  @Override
  public Call sign(Call call) {
    Call dated =
        call.with("x-ms-date", DATE.format(ZonedDateTime.now(clock.withZone(ZoneOffset.UTC))));
    return dated.with("authorization", "SharedKey " + account + ":" + signature(text(dated)));
  }

  /** What is signed. */
  String text(Call call) {
    StringBuilder text = new StringBuilder(call.method()).append('\n');
    BEFORE_LENGTH.forEach(name -> line(text, call.headers().get(name)));
    line(text, call.length() == 0 ? null : Integer.toString(call.length()));
    AFTER_LENGTH.forEach(name -> line(text, call.headers().get(name)));
    new TreeMap<>(call.headers())
        .forEach(
            (name, value) -> {
              if (name.startsWith("x-ms-")) {
                line(text, name + ":" + value.strip());
              }
            });
    text.append('/').append(account).append(call.uri().getRawPath());
    parameters(call.uri().getRawQuery())
        .forEach((name, value) -> text.append('\n').append(name).append(':').append(value));
    return text.toString();
  }

  private static void line(StringBuilder text, String value) {
    text.append(value == null ? "" : value).append('\n');
  }

  private static Map<String, String> parameters(String query) {
    Map<String, String> parameters = new TreeMap<>();
    if (query != null) {
      for (String parameter : query.split("&")) {
        int equals = parameter.indexOf('=');
        parameters.put(
            parameter.substring(0, equals).toLowerCase(Locale.ROOT),
            URLDecoder.decode(parameter.substring(equals + 1), UTF_8));
      }
    }
    return parameters;
  }

  private String signature(String text) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(key);
      return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This JVM has no " + HMAC, e);
    }
  }
}

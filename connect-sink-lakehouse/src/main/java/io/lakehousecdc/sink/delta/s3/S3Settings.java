// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.s3;

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
import java.util.stream.Stream;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/**
 * The settings of an S3 store, read.
 *
 * @param region empty for the one that the environment tells
 * @param endpoint empty for Amazon's
 * @param keys empty for the credentials that the environment tells
 * @param role role to assume with them
 * @param encryption how files are encrypted at rest; empty for the bucket's own way
 * @param encryptionKey key of AWS KMS
 * @param connectTimeout patience for a connection
 * @param requestTimeout patience for a sign of life within a request
 * @param retries how many times a request that fails is repeated
 */
record S3Settings(
    Optional<String> region,
    Optional<URI> endpoint,
    boolean pathStyle,
    Optional<Keys> keys,
    Optional<Role> role,
    Optional<ServerSideEncryption> encryption,
    Optional<String> encryptionKey,
    boolean requesterPays,
    Duration connectTimeout,
    Duration requestTimeout,
    int retries,
    Optional<Proxy> proxy) {

  static final String REGION = "delta.s3.region";
  static final String ENDPOINT = "delta.s3.endpoint";
  static final String PATH_STYLE = "delta.s3.path.style.access";
  static final String ACCESS_KEY_ID = "delta.s3.access.key.id";
  static final String SECRET_ACCESS_KEY = "delta.s3.secret.access.key";
  static final String SESSION_TOKEN = "delta.s3.session.token";
  static final String ROLE_ARN = "delta.s3.assume.role.arn";
  static final String EXTERNAL_ID = "delta.s3.assume.role.external.id";
  static final String SSE_TYPE = "delta.s3.sse.type";
  static final String SSE_KEY = "delta.s3.sse.key";
  static final String REQUESTER_PAYS = "delta.s3.requester.pays";
  static final String CONNECT_TIMEOUT = "delta.s3.connect.timeout.ms";
  static final String REQUEST_TIMEOUT = "delta.s3.request.timeout.ms";
  static final String RETRIES = "delta.s3.retries";
  static final String PROXY_URL = "delta.s3.proxy.url";
  static final String PROXY_USER = "delta.s3.proxy.user";
  static final String PROXY_PASSWORD = "delta.s3.proxy.password";

  static final List<Setting> ALL =
      List.of(
          Setting.optional(
              REGION,
              Kind.TEXT,
              null,
              "Region of the bucket, as eu-central-1. Not set, it is what the worker's environment"
                  + " tells: AWS_REGION, the profile in ~/.aws, or the machine that it runs on."),
          Setting.optional(
              ENDPOINT,
              Kind.TEXT,
              null,
              "Address of a store that is not Amazon's but speaks its protocol, such as"
                  + " https://minio.example.com:9000, or of an interface endpoint."),
          Setting.optional(
              PATH_STYLE,
              Kind.BOOLEAN,
              "false",
              "Whether the bucket stands in the path of addresses (endpoint/bucket/key) and not in"
                  + " the name of the host (bucket.endpoint/key). Most stores behind"
                  + " delta.s3.endpoint need true."),
          Setting.optional(
              ACCESS_KEY_ID,
              Kind.SECRET,
              null,
              "Id of the access key. Not set, credentials are what the worker's environment tells:"
                  + " variables, the profile in ~/.aws, a web identity, or the role of the"
                  + " container or machine that it runs on."),
          Setting.optional(
              SECRET_ACCESS_KEY, Kind.SECRET, null, "Secret of the access key, beside its id."),
          Setting.optional(
              SESSION_TOKEN,
              Kind.SECRET,
              null,
              "Session token of a temporary access key. The task fails when it ends: a role that"
                  + " is assumed is renewed by itself."),
          Setting.optional(
              ROLE_ARN,
              Kind.TEXT,
              null,
              "Role that is assumed with the credentials, and renewed while the task runs."),
          Setting.optional(
              EXTERNAL_ID, Kind.TEXT, null, "External id that the role's trust policy asks for."),
          Setting.choice(
              SSE_TYPE,
              "none",
              List.of("none", "s3", "kms", "dsse-kms"),
              "Encryption of files at rest: none leaves it to the bucket's default, s3 takes keys"
                  + " of S3 (SSE-S3), kms a key of AWS KMS (SSE-KMS), dsse-kms the same in two"
                  + " layers. Keys that the client brings (SSE-C) are not supported."),
          Setting.optional(
              SSE_KEY,
              Kind.TEXT,
              null,
              "Id or ARN of the key for kms and dsse-kms. Not set, it is the bucket's, or that of"
                  + " the account for S3."),
          Setting.optional(
              REQUESTER_PAYS,
              Kind.BOOLEAN,
              "false",
              "Whether requests say that their sender pays for them, which a bucket of that kind"
                  + " asks for."),
          Setting.optional(
              CONNECT_TIMEOUT,
              Kind.INTEGER,
              "5000",
              "Milliseconds to wait for a connection to the store."),
          Setting.optional(
              REQUEST_TIMEOUT,
              Kind.INTEGER,
              "30000",
              "Milliseconds to wait for a sign of life within a request before it counts as"
                  + " failed."),
          Setting.optional(
              RETRIES,
              Kind.INTEGER,
              "6",
              "How many times a request is repeated, after growing random pauses, when the store"
                  + " does not answer, fails (500), or asks for fewer requests (429, 503). After"
                  + " that the commit fails, and is repeated for retry.timeout.ms. The request that"
                  + " makes a commit is not repeated when its answer is lost: the store is asked"
                  + " what became of it."),
          Setting.optional(
              PROXY_URL,
              Kind.TEXT,
              null,
              "HTTP proxy to reach the store through, as http://proxy.example.com:3128. Not set,"
                  + " there is none, whatever the JVM's properties say."),
          Setting.optional(PROXY_USER, Kind.TEXT, null, "User at the proxy."),
          Setting.optional(PROXY_PASSWORD, Kind.SECRET, null, "Password of that user."));

  /** An access key. */
  record Keys(String id, String secret, Optional<String> token) {
    /** Without what is secret. */
    @Override
    public String toString() {
      return "an access key";
    }
  }

  /** A role to assume. */
  record Role(String arn, Optional<String> externalId) {}

  /** A proxy on the way to the store. */
  record Proxy(URI address, Optional<String> user, Optional<String> password) {
    /** Without the password. */
    @Override
    public String toString() {
      return address.toString();
    }
  }

  static S3Settings of(TargetSettings settings) {
    Optional<String> externalId = text(settings, EXTERNAL_ID);
    return new S3Settings(
        text(settings, REGION),
        text(settings, ENDPOINT).map(URI::create),
        settings.flag(PATH_STYLE),
        text(settings, ACCESS_KEY_ID)
            .map(
                id ->
                    new Keys(
                        id,
                        text(settings, SECRET_ACCESS_KEY).orElse(""),
                        text(settings, SESSION_TOKEN))),
        text(settings, ROLE_ARN).map(arn -> new Role(arn, externalId)),
        encryption(settings.text(SSE_TYPE)),
        text(settings, SSE_KEY),
        settings.flag(REQUESTER_PAYS),
        Duration.ofMillis(settings.number(CONNECT_TIMEOUT)),
        Duration.ofMillis(settings.number(REQUEST_TIMEOUT)),
        Math.toIntExact(settings.number(RETRIES)),
        text(settings, PROXY_URL)
            .map(
                url ->
                    new Proxy(
                        URI.create(url),
                        text(settings, PROXY_USER),
                        text(settings, PROXY_PASSWORD))));
  }

  private static Optional<ServerSideEncryption> encryption(String type) {
    return switch (type) {
      case "s3" -> Optional.of(ServerSideEncryption.AES256);
      case "kms" -> Optional.of(ServerSideEncryption.AWS_KMS);
      case "dsse-kms" -> Optional.of(ServerSideEncryption.AWS_KMS_DSSE);
      default -> Optional.empty();
    };
  }

  /** Whether they name credentials of the store. */
  static boolean hasCredentials(TargetSettings settings) {
    return Stream.of(ACCESS_KEY_ID, SECRET_ACCESS_KEY, SESSION_TOKEN, ROLE_ARN, EXTERNAL_ID)
        .anyMatch(key -> text(settings, key).isPresent());
  }

  /** What is wrong with them, as far as they tell by themselves. */
  static List<SettingProblem> problems(TargetSettings settings) {
    List<SettingProblem> problems = new ArrayList<>();
    address(settings, ENDPOINT, problems);
    address(settings, PROXY_URL, problems);
    needs(settings, ACCESS_KEY_ID, SECRET_ACCESS_KEY, problems);
    needs(settings, SECRET_ACCESS_KEY, ACCESS_KEY_ID, problems);
    needs(settings, SESSION_TOKEN, ACCESS_KEY_ID, problems);
    needs(settings, EXTERNAL_ID, ROLE_ARN, problems);
    needs(settings, PROXY_USER, PROXY_URL, problems);
    needs(settings, PROXY_USER, PROXY_PASSWORD, problems);
    needs(settings, PROXY_PASSWORD, PROXY_USER, problems);
    if (text(settings, SSE_KEY).isPresent()
        && !Set.of("kms", "dsse-kms").contains(settings.text(SSE_TYPE))) {
      problems.add(
          new SettingProblem(
              SSE_KEY, "belongs to kms and dsse-kms: set " + SSE_TYPE + ", or leave it out"));
    }
    range(settings, CONNECT_TIMEOUT, 1, Integer.MAX_VALUE, problems);
    range(settings, REQUEST_TIMEOUT, 1, Integer.MAX_VALUE, problems);
    range(settings, RETRIES, 0, 100, problems);
    return problems;
  }

  /** A URL of HTTP that ends after the port, or is not set. */
  private static void address(TargetSettings settings, String key, List<SettingProblem> problems) {
    Optional<String> text = text(settings, key);
    if (text.isEmpty()) {
      return;
    }
    try {
      URI uri = new URI(text.get());
      boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (http && uri.getHost() != null && uri.getUserInfo() == null && uri.getQuery() == null) {
        return;
      }
    } catch (URISyntaxException notOne) {
      // told below, without the text, which may hold a password
    }
    problems.add(
        new SettingProblem(
            key, "has to be an address like https://host:port, without user and password"));
  }

  private static void needs(
      TargetSettings settings, String key, String other, List<SettingProblem> problems) {
    if (text(settings, key).isPresent() && text(settings, other).isEmpty()) {
      problems.add(new SettingProblem(key, "has no effect without " + other + ": set both"));
    }
  }

  private static void range(
      TargetSettings settings, String key, long least, long most, List<SettingProblem> problems) {
    if (settings.text(key) != null
        && (settings.number(key) < least || settings.number(key) > most)) {
      problems.add(new SettingProblem(key, "has to be from " + least + " to " + most));
    }
  }

  private static Optional<String> text(TargetSettings settings, String key) {
    return Optional.ofNullable(settings.text(key)).map(String::trim).filter(t -> !t.isEmpty());
  }
}

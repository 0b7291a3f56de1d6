// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.s3;

import io.lakehousecdc.sink.error.FatalException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.apache5.ProxyConfiguration;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;

/**
 * The AWS SDK's client of one store, with its connections and credentials. It repeats no request by
 * itself: what may be repeated, {@link S3Requests} decides. Thread-safe.
 */
final class S3Connection implements AutoCloseable {
  /** Requests of all tasks that share the store; those above wait for a connection. */
  private static final int MOST_CONNECTIONS = 256;

  /** What stores of others are asked in where nobody says: they have no regions. */
  private static final Region ANY_REGION = Region.US_EAST_1;

  private static final String SESSION = "connect-lakehouse";

  private final S3Client client;
  private final String place;

  /** What is closed in the end, the last first. */
  private final List<AutoCloseable> parts;

  private S3Connection(S3Client client, String place, List<AutoCloseable> parts) {
    this.client = client;
    this.place = place;
    this.parts = parts;
  }

  /**
   * Prepares the client; nothing is asked of the store.
   *
   * @throws FatalException nobody tells the region
   */
  static S3Connection open(S3Settings settings) {
    // The SDK finds its parts by the thread's class loader, which here is the plugin's.
    return withOwnClassLoader(() -> connect(settings));
  }

  private static S3Connection connect(S3Settings settings) {
    List<AutoCloseable> parts = new ArrayList<>();
    try {
      Region region = region(settings);
      SdkHttpClient http = http(settings);
      parts.add(http);
      AwsCredentialsProvider credentials = credentials(settings, region, http, parts);
      S3Client client = client(settings, region, http, credentials);
      parts.add(client);
      String place =
          settings.endpoint().map(URI::toString).orElse("Amazon S3 in region " + region.id());
      return new S3Connection(client, place, parts);
    } catch (RuntimeException e) {
      close(parts);
      throw e;
    }
  }

  S3Client client() {
    return client;
  }

  /** Name of the store for messages: its address, or Amazon's region. */
  String place() {
    return place;
  }

  @Override
  public void close() {
    close(parts);
  }

  /** Runs something that lets the SDK look for its parts. */
  static <T> T withOwnClassLoader(Supplier<T> body) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(S3Connection.class.getClassLoader());
    try {
      return body.get();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static Region region(S3Settings settings) {
    if (settings.region().isPresent()) {
      return Region.of(settings.region().get());
    }
    try {
      return DefaultAwsRegionProviderChain.builder().build().getRegion();
    } catch (SdkClientException unknown) {
      if (settings.endpoint().isPresent()) {
        return ANY_REGION;
      }
      throw new FatalException(
          "The region of the bucket is not known: set "
              + S3Settings.REGION
              + ", or AWS_REGION in the worker's environment.",
          unknown);
    }
  }

  private static SdkHttpClient http(S3Settings settings) {
    return Apache5HttpClient.builder()
        .connectionTimeout(settings.connectTimeout())
        .socketTimeout(settings.requestTimeout())
        .connectionAcquisitionTimeout(settings.requestTimeout())
        .maxConnections(MOST_CONNECTIONS)
        .tcpKeepAlive(true)
        // Some stores answer 100 late or never, and the wait costs a round trip.
        .expectContinueEnabled(false)
        .proxyConfiguration(proxy(settings))
        .build();
  }

  private static ProxyConfiguration proxy(S3Settings settings) {
    ProxyConfiguration.Builder builder =
        ProxyConfiguration.builder()
            .useSystemPropertyValues(false)
            .useEnvironmentVariableValues(false);
    settings
        .proxy()
        .ifPresent(
            proxy -> {
              builder.endpoint(proxy.address());
              proxy.user().ifPresent(builder::username);
              proxy.password().ifPresent(builder::password);
            });
    return builder.build();
  }

  private static AwsCredentialsProvider credentials(
      S3Settings settings, Region region, SdkHttpClient http, List<AutoCloseable> parts) {
    AwsCredentialsProvider given;
    if (settings.keys().isPresent()) {
      given = StaticCredentialsProvider.create(credentials(settings.keys().get()));
    } else {
      DefaultCredentialsProvider found = DefaultCredentialsProvider.builder().build();
      parts.add(found);
      given = found;
    }
    if (settings.role().isEmpty()) {
      return given;
    }
    S3Settings.Role role = settings.role().get();
    StsClient sts =
        StsClient.builder().region(region).httpClient(http).credentialsProvider(given).build();
    parts.add(sts);
    StsAssumeRoleCredentialsProvider assumed =
        StsAssumeRoleCredentialsProvider.builder()
            .stsClient(sts)
            .refreshRequest(
                request ->
                    request
                        .roleArn(role.arn())
                        .roleSessionName(SESSION)
                        .externalId(role.externalId().orElse(null)))
            .build();
    parts.add(assumed);
    return assumed;
  }

  private static AwsCredentials credentials(S3Settings.Keys keys) {
    return keys.token().isPresent()
        ? AwsSessionCredentials.create(keys.id(), keys.secret(), keys.token().get())
        : AwsBasicCredentials.create(keys.id(), keys.secret());
  }

  private static S3Client client(
      S3Settings settings, Region region, SdkHttpClient http, AwsCredentialsProvider credentials) {
    return S3Client.builder()
        .region(region)
        .httpClient(http)
        .credentialsProvider(credentials)
        .endpointOverride(settings.endpoint().orElse(null))
        .forcePathStyle(settings.pathStyle())
        .overrideConfiguration(
            configuration -> configuration.retryStrategy(DefaultRetryStrategy.doNotRetry()))
        // Whole bodies, and no checksums beyond the protocol's first version: not every store that
        // speaks it knows more.
        .serviceConfiguration(
            configuration ->
                configuration.chunkedEncodingEnabled(false).expectContinueEnabled(false))
        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
        .build();
  }

  private static void close(List<AutoCloseable> parts) {
    Collections.reverse(parts);
    for (AutoCloseable part : parts) {
      try {
        part.close();
      } catch (Exception e) {
        throw new IllegalStateException("The AWS SDK's clients close without exceptions", e);
      }
    }
  }
}

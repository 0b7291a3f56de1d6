// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.s3;

import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.spi.TargetSettings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.apache5.ProxyConfiguration;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.RegionMetadata;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;

/**
 * What services of AWS are asked with, by the settings {@code delta.s3.*} and the worker's
 * environment: region, credentials, HTTP client. Thread-safe.
 */
public final class AwsAccess implements AutoCloseable {
  /** Requests of all tasks that share the store; those above wait for a connection. */
  private static final int MOST_CONNECTIONS = 256;

  /** What stores of others are asked in where nobody says: they have no regions. */
  private static final Region ANY_REGION = Region.US_EAST_1;

  private static final String SESSION = "connect-lakehouse";

  private final Region region;
  private final SdkHttpClient http;
  private final AwsCredentialsProvider credentials;

  /** What is closed in the end, the last first. */
  private final List<AutoCloseable> parts;

  private AwsAccess(
      Region region,
      SdkHttpClient http,
      AwsCredentialsProvider credentials,
      List<AutoCloseable> parts) {
    this.region = region;
    this.http = http;
    this.credentials = credentials;
    this.parts = parts;
  }

  /**
   * Access by the settings of the store. Asks for no credentials. Where neither the settings nor
   * {@code region} tell the region, the environment is asked: the metadata service of the machine,
   * too, which takes some seconds where there is none.
   *
   * @param region to be asked in instead of the store's; empty for that
   * @throws FatalException nobody tells the region
   */
  public static AwsAccess open(TargetSettings settings, Optional<String> region) {
    S3Settings read = S3Settings.of(settings);
    return withOwnClassLoader(
        () -> open(read, region.map(Region::of).orElseGet(() -> region(read))));
  }

  /**
   * Access by the settings of the store; called with the plugin's class loader. May ask the
   * environment for the region, as the other.
   *
   * @throws FatalException nobody tells the region
   */
  static AwsAccess open(S3Settings settings) {
    return open(settings, region(settings));
  }

  private static AwsAccess open(S3Settings settings, Region region) {
    List<AutoCloseable> parts = new ArrayList<>();
    try {
      SdkHttpClient http = http(settings);
      parts.add(http);
      return new AwsAccess(region, http, credentials(settings, region, http, parts), parts);
    } catch (RuntimeException e) {
      close(parts);
      throw e;
    }
  }

  public Region region() {
    return region;
  }

  /** Domain that the region's services lie in, such as {@code amazonaws.com}. */
  public String domain() {
    RegionMetadata metadata = RegionMetadata.of(region);
    return metadata == null ? "amazonaws.com" : metadata.domain();
  }

  /** The credentials; resolving them may ask another service, and wait. */
  public AwsCredentialsProvider credentials() {
    return credentials;
  }

  SdkHttpClient http() {
    return http;
  }

  @Override
  public void close() {
    close(parts);
  }

  /** Runs something that lets the SDK look for its parts. */
  public static <T> T withOwnClassLoader(Supplier<T> body) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(AwsAccess.class.getClassLoader());
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

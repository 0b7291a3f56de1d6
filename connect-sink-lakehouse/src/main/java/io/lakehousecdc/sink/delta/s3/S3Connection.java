// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.s3;

import io.lakehousecdc.sink.error.FatalException;
import java.net.URI;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The AWS SDK's client of one store, with its connections and credentials. It repeats no request by
 * itself: what may be repeated, {@link S3Requests} decides. Thread-safe.
 */
final class S3Connection implements AutoCloseable {
  private final S3Client client;
  private final String place;
  private final AwsAccess access;

  private S3Connection(S3Client client, String place, AwsAccess access) {
    this.client = client;
    this.place = place;
    this.access = access;
  }

  /**
   * Prepares the client. Asks the store nothing; the region, where it is not set, may be asked of
   * the machine's metadata service, for some seconds.
   *
   * @throws FatalException nobody tells the region
   */
  static S3Connection open(S3Settings settings) {
    // The SDK finds its parts by the thread's class loader, which here is the plugin's.
    return AwsAccess.withOwnClassLoader(() -> connect(settings));
  }

  private static S3Connection connect(S3Settings settings) {
    AwsAccess access = AwsAccess.open(settings);
    boolean opened = false;
    try {
      S3Client client = client(settings, access);
      String place =
          settings
              .endpoint()
              .map(URI::toString)
              .orElse("Amazon S3 in region " + access.region().id());
      opened = true;
      return new S3Connection(client, place, access);
    } finally {
      if (!opened) {
        access.close();
      }
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
    client.close();
    access.close();
  }

  private static S3Client client(S3Settings settings, AwsAccess access) {
    return S3Client.builder()
        .region(access.region())
        .httpClient(access.http())
        .credentialsProvider(access.credentials())
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
}

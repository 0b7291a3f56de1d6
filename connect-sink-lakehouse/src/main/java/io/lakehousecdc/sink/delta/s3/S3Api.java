// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.s3;

import io.lakehousecdc.sink.delta.storage.StoreCredential;
import io.lakehousecdc.sink.delta.storage.StoreCredential.S3Session;
import io.lakehousecdc.sink.delta.storage.StoreCredentials;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.RequestPayer;

/**
 * The requests to S3 that a store makes, with what the settings add to each. A method sends one
 * request, once, and throws what the SDK throws, or an {@link IOException} where there are no
 * credentials for it. Thread-safe.
 *
 * @param vended hands out the credentials of each request; empty for those of the client
 */
record S3Api(S3Client client, S3Settings settings, Optional<StoreCredentials> vended) {
  private static final String CONTENT_TYPE = "application/octet-stream";

  /** Credentials for a location; null for those of the client. */
  private AwsRequestOverrideConfiguration as(S3Location at) throws IOException {
    if (vended.isEmpty()) {
      return null;
    }
    StoreCredential credential = vended.get().of(at.toString());
    if (credential instanceof S3Session session) {
      return AwsRequestOverrideConfiguration.builder()
          .credentialsProvider(
              StaticCredentialsProvider.create(
                  AwsSessionCredentials.create(
                      session.accessKeyId(), session.secretAccessKey(), session.sessionToken())))
          .build();
    }
    throw new AccessDeniedException(
        at.toString(),
        null,
        "The catalogue hands out a credential of another kind of store: set"
            + " delta.unity.credentials to false, and delta.s3.access.key.id and its secret");
  }

  private RequestPayer payer() {
    return settings.requesterPays() ? RequestPayer.REQUESTER : null;
  }

  HeadObjectResponse head(S3Location at) throws IOException {
    AwsRequestOverrideConfiguration as = as(at);
    return client.headObject(
        request ->
            request
                .overrideConfiguration(as)
                .bucket(at.bucket())
                .key(at.key())
                .requestPayer(payer()));
  }

  /**
   * Begins to read a range of bytes.
   *
   * @param etag version that the file has to have, if any
   */
  ResponseInputStream<GetObjectResponse> get(
      S3Location at, long first, long last, Optional<String> etag) throws IOException {
    AwsRequestOverrideConfiguration as = as(at);
    return client.getObject(
        request ->
            request
                .overrideConfiguration(as)
                .bucket(at.bucket())
                .key(at.key())
                .range("bytes=" + first + "-" + last)
                .ifMatch(etag.orElse(null))
                .requestPayer(payer()));
  }

  /**
   * A page of the keys that begin with a prefix and follow another key.
   *
   * @param delimiter null for keys at any depth
   * @param after null for all
   * @param page mark of the page that the page before told; null for the first
   */
  ListObjectsV2Response list(
      String bucket, String prefix, String delimiter, String after, String page, int most)
      throws IOException {
    AwsRequestOverrideConfiguration as = as(new S3Location(bucket, prefix));
    return client.listObjectsV2(
        request ->
            request
                .overrideConfiguration(as)
                .bucket(bucket)
                .prefix(prefix)
                .delimiter(delimiter)
                .startAfter(after)
                .continuationToken(page)
                .maxKeys(most)
                .requestPayer(payer()));
  }

  /** Writes a file, or replaces it. */
  void put(S3Location at, byte[] content, int length) throws IOException {
    client.putObject(put(at).build(), body(content, length));
  }

  /** Writes a file if there is none. */
  void putIfAbsent(S3Location at, byte[] content) throws IOException {
    client.putObject(put(at).ifNoneMatch("*").build(), body(content, content.length));
  }

  private PutObjectRequest.Builder put(S3Location at) throws IOException {
    return PutObjectRequest.builder()
        .overrideConfiguration(as(at))
        .bucket(at.bucket())
        .key(at.key())
        .contentType(CONTENT_TYPE)
        .serverSideEncryption(settings.encryption().orElse(null))
        .ssekmsKeyId(settings.encryptionKey().orElse(null))
        .requestPayer(payer());
  }

  /** Begins a file in parts, and returns the id of the upload. */
  String beginParts(S3Location at, Map<String, String> metadata) throws IOException {
    AwsRequestOverrideConfiguration as = as(at);
    return client
        .createMultipartUpload(
            request ->
                request
                    .overrideConfiguration(as)
                    .bucket(at.bucket())
                    .key(at.key())
                    .contentType(CONTENT_TYPE)
                    .metadata(metadata)
                    .serverSideEncryption(settings.encryption().orElse(null))
                    .ssekmsKeyId(settings.encryptionKey().orElse(null))
                    .requestPayer(payer()))
        .uploadId();
  }

  CompletedPart part(S3Location at, String upload, int number, byte[] content, int length)
      throws IOException {
    AwsRequestOverrideConfiguration as = as(at);
    String etag =
        client
            .uploadPart(
                request ->
                    request
                        .overrideConfiguration(as)
                        .bucket(at.bucket())
                        .key(at.key())
                        .uploadId(upload)
                        .partNumber(number)
                        .requestPayer(payer()),
                body(content, length))
            .eTag();
    return CompletedPart.builder().partNumber(number).eTag(etag).build();
  }

  void completeParts(S3Location at, String upload, List<CompletedPart> parts) throws IOException {
    AwsRequestOverrideConfiguration as = as(at);
    client.completeMultipartUpload(
        request ->
            request
                .overrideConfiguration(as)
                .bucket(at.bucket())
                .key(at.key())
                .uploadId(upload)
                .multipartUpload(all -> all.parts(parts))
                .requestPayer(payer()));
  }

  void abortParts(S3Location at, String upload) throws IOException {
    AwsRequestOverrideConfiguration as = as(at);
    client.abortMultipartUpload(
        request ->
            request
                .overrideConfiguration(as)
                .bucket(at.bucket())
                .key(at.key())
                .uploadId(upload)
                .requestPayer(payer()));
  }

  void delete(S3Location at) throws IOException {
    AwsRequestOverrideConfiguration as = as(at);
    client.deleteObject(
        request ->
            request
                .overrideConfiguration(as)
                .bucket(at.bucket())
                .key(at.key())
                .requestPayer(payer()));
  }

  /** Removes up to 1,000 files; the answer tells those that could not be. */
  DeleteObjectsResponse delete(String bucket, List<String> keys) throws IOException {
    AwsRequestOverrideConfiguration as = as(new S3Location(bucket, keys.get(0)));
    return client.deleteObjects(
        request ->
            request
                .overrideConfiguration(as)
                .bucket(bucket)
                .delete(
                    all ->
                        all.quiet(true)
                            .objects(
                                keys.stream()
                                    .map(key -> ObjectIdentifier.builder().key(key).build())
                                    .toList()))
                .requestPayer(payer()));
  }

  /** Bytes that are sent from where they are. */
  private static RequestBody body(byte[] content, int length) {
    return RequestBody.fromContentProvider(
        () -> new ByteArrayInputStream(content, 0, length), length, CONTENT_TYPE);
  }
}

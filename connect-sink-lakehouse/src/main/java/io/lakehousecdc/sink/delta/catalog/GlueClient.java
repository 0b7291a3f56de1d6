// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/**
 * A client of AWS Glue's JSON API: a request is a POST whose header names the operation, signed by
 * version 4 of AWS's signatures. The SDK's own client of Glue weighs ten megabytes. Thread-safe.
 */
final class GlueClient {
  private static final String CONTENT_TYPE = "application/x-amz-json-1.1";
  private static final int LONGEST_REASON = 300;

  /** Set by the HTTP client itself, and alike. */
  private static final Set<String> OF_THE_CLIENT = Set.of("host", "content-length");

  private static final Set<String> PASSING =
      Set.of(
          "ThrottlingException",
          "Throttling",
          "TooManyRequestsException",
          "RequestLimitExceeded",
          "InternalServiceException",
          "OperationTimeoutException",
          "ServiceUnavailable");

  private static final Set<String> OF_CREDENTIALS =
      Set.of(
          "UnrecognizedClientException",
          "InvalidClientTokenId",
          "InvalidSignatureException",
          "SignatureDoesNotMatch",
          "IncompleteSignature",
          "MissingAuthenticationToken",
          "MissingAuthenticationTokenException",
          "ExpiredTokenException",
          "ExpiredToken");

  private final GlueSettings settings;
  private final Supplier<? extends AwsCredentialsIdentity> credentials;
  private final JsonHttp http = new JsonHttp("AWS Glue", GlueSettings.ENDPOINT);
  private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();

  /**
   * @param credentials asked before each request; fails where there are none
   */
  GlueClient(GlueSettings settings, Supplier<? extends AwsCredentialsIdentity> credentials) {
    this.settings = settings;
    this.credentials = credentials;
  }

  /**
   * Asks for something; empty where there is none.
   *
   * @throws CatalogException there is no answer, or it is another refusal
   */
  Optional<JsonNode> find(String operation, ObjectNode request) throws CatalogException {
    JsonHttp.Answer answer = send(operation, request);
    if (code(answer).equals("EntityNotFoundException")) {
      return Optional.empty();
    }
    return Optional.of(accepted(operation, answer));
  }

  /**
   * Asks Glue to make something; false where there is something of that name.
   *
   * @throws CatalogException it has not
   */
  boolean create(String operation, ObjectNode request) throws CatalogException {
    JsonHttp.Answer answer = send(operation, request);
    if (code(answer).equals("AlreadyExistsException")) {
      return false;
    }
    accepted(operation, answer);
    return true;
  }

  /**
   * Asks Glue to do something.
   *
   * @throws CatalogException it has not
   */
  JsonNode call(String operation, ObjectNode request) throws CatalogException {
    return accepted(operation, send(operation, request));
  }

  private JsonHttp.Answer send(String operation, ObjectNode request) throws CatalogException {
    settings.catalogId().ifPresent(id -> request.put("CatalogId", id));
    String body = request.toString();
    URI address = settings.endpoint();
    HttpRequest.Builder sent =
        HttpRequest.newBuilder(URI.create(address + (address.getPath().isEmpty() ? "/" : "")))
            .timeout(JsonHttp.ANSWER)
            .POST(BodyPublishers.ofString(body));
    signed(operation, body)
        .headers()
        .forEach(
            (name, values) -> {
              if (!OF_THE_CLIENT.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> sent.header(name, value));
              }
            });
    return http.send(sent.build());
  }

  private SdkHttpRequest signed(String operation, String body) throws CatalogException {
    AwsCredentialsIdentity identity;
    try {
      identity = credentials.get();
    } catch (RuntimeException e) {
      throw CatalogException.unavailable(
          CatalogSettings.CATALOG,
          "There are no AWS credentials for Glue ("
              + e.getMessage()
              + "). Set delta.s3.access.key.id and delta.s3.secret.access.key, or give the worker a"
              + " role.",
          e);
    }
    SdkHttpRequest unsigned =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.POST)
            .uri(settings.endpoint())
            .putHeader("Content-Type", CONTENT_TYPE)
            .putHeader("X-Amz-Target", "AWSGlue." + operation)
            .build();
    return signer
        .sign(
            request ->
                request
                    .identity(identity)
                    .request(unsigned)
                    .payload(ContentStreamProvider.fromUtf8String(body))
                    .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "glue")
                    .putProperty(AwsV4HttpSigner.REGION_NAME, settings.region()))
        .request();
  }

  private JsonNode accepted(String operation, JsonHttp.Answer answer) throws CatalogException {
    if (answer.succeeded() && answer.body().isObject()) {
      return answer.body();
    }
    String code = code(answer);
    String what =
        "AWS Glue at "
            + settings.endpoint()
            + " answers "
            + answer.status()
            + reason(answer, code)
            + " to "
            + operation;
    if (PASSING.contains(code) || answer.mayPass()) {
      throw CatalogException.unavailable(
          GlueSettings.ENDPOINT, what + ". It is asked again.", null);
    }
    if (OF_CREDENTIALS.contains(code)) {
      throw CatalogException.unavailable(
          CatalogSettings.CATALOG,
          what
              + ". Give the worker valid AWS credentials (delta.s3.*, or its role), and check its"
              + " clock and "
              + GlueSettings.REGION
              + ".",
          null);
    }
    if (code.startsWith("AccessDenied")) {
      throw CatalogException.refused(
          CatalogSettings.CATALOG,
          what
              + ". Allow the credentials glue:GetDatabase, GetDatabases, CreateDatabase, GetTable,"
              + " CreateTable and UpdateTable on the catalogue, its databases and tables; with Lake"
              + " Formation, grant them there, too.");
    }
    if (code.isEmpty()) {
      throw CatalogException.unavailable(
          GlueSettings.ENDPOINT,
          what
              + ", which is not what Glue says. Set "
              + GlueSettings.ENDPOINT
              + " to the address of Glue itself, or remove it.",
          null);
    }
    throw CatalogException.refused(
        CatalogSettings.CATALOG,
        what + ". Make Glue accept the table, or set " + CatalogSettings.CATALOG + " to none.");
  }

  /** Such as EntityNotFoundException; some answers have a namespace before it. */
  private static String code(JsonHttp.Answer answer) {
    String type = answer.succeeded() ? "" : answer.body().path("__type").asText("");
    return type.substring(type.indexOf('#') + 1);
  }

  private static String reason(JsonHttp.Answer answer, String code) {
    String message = answer.body().path("Message").asText(answer.body().path("message").asText(""));
    String reason = (code + " " + message).strip();
    if (reason.isEmpty()) {
      return "";
    }
    return " ("
        + (reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON) + "…" : reason)
        + ")";
  }
}

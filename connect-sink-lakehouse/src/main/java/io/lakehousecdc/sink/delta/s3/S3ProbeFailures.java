// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.s3;

import io.lakehousecdc.sink.delta.storage.StoreFigures.Operation;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.error.TargetException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.util.Set;
import javax.net.ssl.SSLException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.sts.model.StsException;

/**
 * What an operator is told where a store cannot be used: what is wrong, and what to do.
 *
 * @param place the store's name
 */
record S3ProbeFailures(String place, S3Location root) {
  private static final Set<String> WRONG_REGION =
      Set.of(
          "PermanentRedirect",
          "AuthorizationHeaderMalformed",
          "IllegalLocationConstraintException",
          "TemporaryRedirect");
  private static final Set<String> WRONG_KEYS =
      Set.of(
          "InvalidAccessKeyId",
          "SignatureDoesNotMatch",
          "ExpiredToken",
          "InvalidToken",
          "TokenRefreshRequired");

  /**
   * @param permission the one that the request needs
   */
  TargetException of(String permission, IOException failure) {
    if (failure instanceof AccessDeniedException denied && !isAnswer(denied)) {
      return new FatalException(start() + failure.getMessage(), failure);
    }
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    if (cause instanceof StsException answer) {
      return ofRole(answer, failure);
    }
    return S3Failures.status(cause) == 0
        ? ofNoAnswer(cause, failure)
        : ofAnswer(permission, S3Failures.status(cause), cause, failure);
  }

  private TargetException ofRole(StsException answer, IOException failure) {
    String problem = "the role cannot be assumed";
    String remedy =
        "Check "
            + S3Settings.ROLE_ARN
            + " and "
            + S3Settings.EXTERNAL_ID
            + ", and that the role's trust policy admits the credentials of the worker.";
    // STS answers 400 where it throttles, or where the provider of a web identity fails.
    return S3Failures.passes(answer)
            || answer.isThrottlingException()
            || S3Failures.code(answer).equals("IDPCommunicationError")
        ? retriable(problem, failure, remedy)
        : fatal(problem, failure, remedy);
  }

  /** Whether the store has refused, and not the service that hands out credentials. */
  private static boolean isAnswer(AccessDeniedException denied) {
    return denied.getCause() != null && S3Failures.status(denied.getCause()) != 0;
  }

  private TargetException ofAnswer(
      String permission, int status, Throwable cause, IOException failure) {
    String code = S3Failures.code(cause);
    if (WRONG_REGION.contains(code) || status == 301 || status == 307) {
      return fatal(
          "the bucket is in another region" + bucketRegion(cause),
          failure,
          "Set " + S3Settings.REGION + " to the bucket's region.");
    }
    if (WRONG_KEYS.contains(code)) {
      return fatal(
          "the store does not accept the credentials",
          failure,
          "Check "
              + S3Settings.ACCESS_KEY_ID
              + ", "
              + S3Settings.SECRET_ACCESS_KEY
              + " and "
              + S3Settings.SESSION_TOKEN
              + ", or the credentials in the worker's environment where they are not set.");
    }
    if (status == 403) {
      return fatal(
          "the credentials may not do what needs " + permission,
          failure,
          "Grant them s3:PutObject, s3:GetObject and s3:DeleteObject on "
              + root
              + "/*, s3:ListBucket on the bucket, and the use of its KMS key if it has one;"
              + " docs/OPERATIONS.md has the policy.");
    }
    if (status == 404) {
      return fatal(
          "there is no such bucket",
          failure,
          "Create it, or correct delta.root, " + S3Settings.ENDPOINT + " or " + pathStyle() + ".");
    }
    if (status == 501) {
      return new FatalException(
          unconditional().getMessage() + " (" + failure.getMessage() + ")", failure);
    }
    return S3Failures.passes(cause)
        ? retriable("the store fails", failure, "Look at the store's own state.")
        : fatal(
            "the store refuses a request",
            failure,
            "Check " + S3Settings.ENDPOINT + " and " + pathStyle() + ".");
  }

  private TargetException ofNoAnswer(Throwable cause, IOException failure) {
    if (has(cause, UnknownHostException.class)) {
      return retriable(
          "its host is not known",
          failure,
          "Check "
              + S3Settings.ENDPOINT
              + " and "
              + S3Settings.REGION
              + ", and the worker's name service. Where only the bucket's own host is not known,"
              + " set "
              + pathStyle()
              + ".");
    }
    if (has(cause, SSLException.class)) {
      return fatal(
          "no secure connection can be made",
          failure,
          "Check that "
              + S3Settings.ENDPOINT
              + " says https only where the store does, and that the worker's JVM trusts its"
              + " certificate.");
    }
    if (S3Failures.isOfNetwork(cause)) {
      return retriable(
          "it cannot be reached",
          failure,
          "Check "
              + S3Settings.ENDPOINT
              + " and "
              + S3Settings.PROXY_URL
              + ", and that the network lets the worker through.");
    }
    // The SDK says the same of services that are down for a moment: those of the machine, of the
    // container, or of roles.
    return retriable(
        "there are no credentials",
        failure,
        "Set "
            + S3Settings.ACCESS_KEY_ID
            + " and "
            + S3Settings.SECRET_ACCESS_KEY
            + ", or give the worker credentials by its environment: variables, the profile in"
            + " ~/.aws, a web identity, or the role of the container or machine.");
  }

  /** The store writes a file although there is one. */
  FatalException unconditional() {
    return new FatalException(
        start()
            + "it does not honour If-None-Match: * on writes, without which two writers can take"
            + " the same version of a table and one loses its commit. Use a store that does"
            + " (Amazon S3, MinIO, Cloudflare R2, Ceph: recent versions), and reach it without"
            + " a proxy that drops the header.");
  }

  /** A step does not show what the step before has written. */
  FatalException inconsistent(Operation operation) {
    return new FatalException(
        start()
            + operation
            + " does not show what has just been written there. Use a store that is strongly"
            + " consistent, and reach it without a cache.");
  }

  private FatalException fatal(String problem, IOException failure, String remedy) {
    return new FatalException(message(problem, failure, remedy), failure);
  }

  private RetriableException retriable(String problem, IOException failure, String remedy) {
    return new RetriableException(message(problem, failure, remedy), failure);
  }

  private String message(String problem, IOException failure, String remedy) {
    return start() + problem + ". " + remedy + " (" + failure.getMessage() + ")";
  }

  private String start() {
    return "delta.root " + root + " at " + place + " cannot be used: ";
  }

  private static String pathStyle() {
    return S3Settings.PATH_STYLE + "=true";
  }

  /** The region that the answer names, with the word before it. */
  private static String bucketRegion(Throwable failure) {
    return failure instanceof AwsServiceException answer && answer.awsErrorDetails() != null
        ? answer
            .awsErrorDetails()
            .sdkHttpResponse()
            .firstMatchingHeader("x-amz-bucket-region")
            .map(region -> ", " + region)
            .orElse("")
        : "";
  }

  private static boolean has(Throwable failure, Class<? extends Throwable> type) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (type.isInstance(at)) {
        return true;
      }
    }
    return false;
  }
}

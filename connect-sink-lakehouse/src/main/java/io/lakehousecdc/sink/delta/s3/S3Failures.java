// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.s3;

import io.lakehousecdc.sink.delta.storage.StoreFigures.Operation;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.util.Set;
import javax.xml.stream.XMLStreamException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;

/**
 * The meaning of failures of requests to S3.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html">Error
 *     responses</a>
 */
final class S3Failures {
  private static final Set<Integer> PASSING_STATUS = Set.of(408, 429, 500, 502, 503, 504);

  /** Codes of other statuses with which the same request may succeed later. */
  private static final Set<String> PASSING_CODE =
      Set.of(
          "RequestTimeout",
          "RequestTimeTooSkewed",
          "OperationAborted",
          "ConditionalRequestConflict");

  private S3Failures() {}

  /** Status of the store's answer; 0 where there was none. */
  static int status(Throwable failure) {
    return failure instanceof SdkServiceException answer ? answer.statusCode() : 0;
  }

  /** Code in the store's answer; empty where there was none, as in all answers to HEAD. */
  static String code(Throwable failure) {
    return failure instanceof AwsServiceException answer
            && answer.awsErrorDetails() != null
            && answer.awsErrorDetails().errorCode() != null
        ? answer.awsErrorDetails().errorCode()
        : "";
  }

  /** Whether the store asks for fewer requests. */
  static boolean isThrottle(Throwable failure) {
    int status = status(failure);
    return status == 429 || status == 503;
  }

  /** Whether the same request may succeed later. */
  static boolean passes(Throwable failure) {
    if (failure instanceof AccessDeniedException) {
      return false;
    }
    int status = status(failure);
    if (status != 0) {
      return PASSING_STATUS.contains(status)
          || PASSING_CODE.contains(code(failure))
          // An answer to HEAD has no code.
          || status == 409 && code(failure).isEmpty();
    }
    return isOfNetwork(failure);
  }

  /**
   * Whether the store says that it has not done what it was asked, and may do it later. Other
   * failures leave that open: a 500 as much as a lost answer.
   */
  static boolean isUndone(Throwable failure) {
    return status(failure) == 409 && code(failure).equals("ConditionalRequestConflict")
        || status(failure) == 429
        || status(failure) == 503 && code(failure).equals("SlowDown");
  }

  /** Whether the store may have done what it was asked: it fails, or its answer was lost. */
  static boolean mayBeDone(Throwable failure) {
    int status = status(failure);
    return status == 0 ? isOfNetwork(failure) : status >= 500 && status != 501;
  }

  /** Whether the connection failed, or what was read of it: an answer may end in its middle. */
  static boolean isOfNetwork(Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof IOException || at instanceof XMLStreamException) {
        return true;
      }
    }
    return false;
  }

  /**
   * The failure of a request as callers of a store know it, with what an operator needs.
   *
   * @param location of the file or directory that the request was about
   */
  static IOException of(Operation operation, String location, Throwable failure) {
    if (operation == Operation.PUT_IF_ABSENT && status(failure) == 412) {
      FileAlreadyExistsException taken = new FileAlreadyExistsException(location);
      taken.initCause(failure);
      return taken;
    }
    if (failure instanceof AccessDeniedException denied) {
      return denied;
    }
    String message = "S3 " + operation + " of " + location + " failed: " + text(failure);
    if (operation == Operation.GET && code(failure).equals("NoSuchKey")) {
      FileNotFoundException missing = new FileNotFoundException(message);
      missing.initCause(failure);
      return missing;
    }
    if (status(failure) == 403) {
      AccessDeniedException denied = new AccessDeniedException(location, null, message);
      denied.initCause(failure);
      return denied;
    }
    return new IOException(message, failure);
  }

  /** Status, code, the store's words and its id of the request; or the failure of the network. */
  static String text(Throwable failure) {
    if (failure instanceof SdkServiceException answer) {
      String words =
          answer instanceof AwsServiceException aws
                  && aws.awsErrorDetails() != null
                  && aws.awsErrorDetails().errorMessage() != null
              ? ": " + aws.awsErrorDetails().errorMessage()
              : "";
      String request = answer.requestId() == null ? "" : " (request " + answer.requestId() + ")";
      return (answer.statusCode() + " " + code(failure)).trim() + request + words;
    }
    Throwable last = failure;
    while (last.getCause() != null) {
      last = last.getCause();
    }
    String deepest = last == failure ? "" : " (" + last + ")";
    return failure instanceof SdkException sdk ? sdk.getMessage() + deepest : failure + deepest;
  }
}

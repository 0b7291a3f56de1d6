// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.error;

/** A failed call of a target. Nothing of the failed commit has been applied. */
public abstract sealed class TargetException extends RuntimeException
    permits FatalException,
        FencedException,
        OutOfOrderException,
        RecordException,
        RetriableException {
  private static final long serialVersionUID = 1L;

  TargetException(String message, Throwable cause) {
    super(message, cause);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.tools;

/** A command cannot be run as it was asked for. The message says what is wrong and what to do. */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UsageException(String message) {
    super(message);
  }

  public UsageException(String message, Throwable cause) {
    super(message, cause);
  }
}

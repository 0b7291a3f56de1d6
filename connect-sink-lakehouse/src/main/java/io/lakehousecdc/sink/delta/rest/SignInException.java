// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.rest;

import java.io.IOException;

/** There are no credentials to send a request with. Nothing was sent. */
public final class SignInException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean mayPass;

  private SignInException(String message, Throwable cause, boolean mayPass) {
    super(message, cause);
    this.mayPass = mayPass;
  }

  /**
   * The credentials are wrong, or are refused: they have to be corrected.
   *
   * @param message what is wrong, without secrets
   * @param cause null for none
   */
  public static SignInException refused(String message, Throwable cause) {
    return new SignInException(message, cause, false);
  }

  /**
   * Whoever gives credentials gave none, maybe only for now.
   *
   * @param message what is wrong, without secrets
   * @param cause null for none
   */
  public static SignInException unavailable(String message, Throwable cause) {
    return new SignInException(message, cause, true);
  }

  /** Whether it may be otherwise later, with the same settings. */
  public boolean mayPass() {
    return mayPass;
  }
}

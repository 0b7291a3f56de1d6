// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.rest;

import java.io.IOException;

/** There are no credentials to send a request with. Nothing was sent. */
public final class SignInException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what is wrong, without secrets
   */
  public SignInException(String message, Throwable cause) {
    super(message, cause);
  }
}

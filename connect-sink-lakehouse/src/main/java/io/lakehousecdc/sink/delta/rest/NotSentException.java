// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.rest;

import java.io.IOException;

/** There was no connection to send a request on. */
final class NotSentException extends IOException {
  private static final long serialVersionUID = 1L;

  NotSentException(String message, Throwable cause) {
    super(message, cause);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.warehouse;

/** The demo has failed; the message says why. */
public final class DemoFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  public DemoFailure(String message) {
    super(message);
  }

  public DemoFailure(String message, Throwable cause) {
    super(message, cause);
  }
}

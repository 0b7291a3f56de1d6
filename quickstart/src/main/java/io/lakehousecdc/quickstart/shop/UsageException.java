// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.quickstart.shop;

/** An invalid command line; the message says which part of it. */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public UsageException(String message) {
    super(message);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink.delta.rest;

import java.io.IOException;
import java.nio.file.AccessDeniedException;

/** A store has answered that it does not do what it was asked. */
public final class RefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final boolean mayPass;

  /**
   * @param code the store's name of the failure; empty where it gave none
   * @param explanation the store's words; may be empty
   */
  public RefusedException(Call call, Answer answer, String code, String explanation) {
    super(
        call
            + " is answered "
            + answer.status()
            + (code.isEmpty() ? "" : " " + code)
            + (explanation.isEmpty() ? "" : ": " + explanation));
    this.status = answer.status();
    this.code = code;
    this.mayPass = answer.mayPass();
    if (status == 403) {
      initCause(new AccessDeniedException(call.toString()));
    }
  }

  /** HTTP's status. */
  public int status() {
    return status;
  }

  /** The store's name of the failure; empty where it gave none. */
  public String code() {
    return code;
  }

  /** Whether the same request may succeed later. */
  boolean mayPass() {
    return mayPass;
  }
}
